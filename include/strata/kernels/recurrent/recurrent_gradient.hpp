// recurrent_gradient: one step of a recurrent cell that saves its gates, and the gradient of the step.
#pragma once

#include <strata/core/config.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/recurrent/recurrent_cell.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The value that is saved for the gradient of Function(z): the output where the derivative is computed from it, else
/// z.
template <class Function, class V>
constexpr V saved_form(const V& z) {
    return Function::derives_from_output ? Function::apply(z) : z;
}
/// Function(z) from its saved form.
template <class Function, class V>
constexpr V value_of(const V& k) {
    return Function::derives_from_output ? k : Function::apply(k);
}

// forward(z, h, carry): z holds the sums; returns the output, writes the carry and replaces z by its saved form.
// backward(z, h, last_carry, carry, dh, dcarry): replaces z by the gradients of the sums. dh and dcarry are the
// gradients of the step's output and carry; they are replaced by those of the last output and carry, without the part
// that flows through the sums.
template <class Cell>
struct recurrent_gradient;

template <class Activation, class Recurrent>
struct recurrent_gradient<lstm_cell<Activation, Recurrent>> {
    template <class V>
    static constexpr V forward(V (&z)[4], const V&, V& carry) {
        for (V* gate : {&z[0], &z[1], &z[3]}) *gate = saved_form<Recurrent>(*gate);
        z[2] = saved_form<Activation>(z[2]);
        carry = value_of<Recurrent>(z[1]) * carry + value_of<Recurrent>(z[0]) * value_of<Activation>(z[2]);
        return value_of<Recurrent>(z[3]) * Activation::apply(carry);
    }
    template <class V>
    static constexpr void backward(V (&z)[4], const V&, const V& last_carry, const V& carry, V& dh, V& dcarry) {
        const V input = value_of<Recurrent>(z[0]), forget = value_of<Recurrent>(z[1]);
        const V candidate = value_of<Activation>(z[2]), output = value_of<Recurrent>(z[3]);
        const V saved_carry = saved_form<Activation>(carry);
        const V doutput = dh * value_of<Activation>(saved_carry);
        const V d = dcarry + dh * output * Activation::derivative(saved_carry);
        z[0] = d * candidate * Recurrent::derivative(z[0]);
        z[1] = d * last_carry * Recurrent::derivative(z[1]);
        z[2] = d * input * Activation::derivative(z[2]);
        z[3] = doutput * Recurrent::derivative(z[3]);
        dcarry = d * forget;
        dh = V(0);
    }
};

template <class Activation, class Recurrent>
struct recurrent_gradient<gru_cell<Activation, Recurrent>> {
    template <class V>
    static constexpr V forward(V (&z)[4], const V& h, V&) {
        z[0] = saved_form<Recurrent>(z[0]);
        z[1] = saved_form<Recurrent>(z[1]);
        z[3] = saved_form<Activation>(z[3] + value_of<Recurrent>(z[1]) * z[2]);
        const V update = value_of<Recurrent>(z[0]);
        return update * h + (V(1) - update) * value_of<Activation>(z[3]);
    }
    template <class V>
    static constexpr void backward(V (&z)[4], const V& h, const V&, const V&, V& dh, V&) {
        const V update = value_of<Recurrent>(z[0]), reset = value_of<Recurrent>(z[1]);
        const V candidate = value_of<Activation>(z[3]);
        const V dcandidate = dh * (V(1) - update) * Activation::derivative(z[3]);
        z[0] = dh * (h - candidate) * Recurrent::derivative(z[0]);
        z[1] = dcandidate * z[2] * Recurrent::derivative(z[1]);
        z[2] = dcandidate * reset;
        z[3] = dcandidate;
        dh = dh * update;
    }
};

template <class Activation>
struct recurrent_gradient<simple_cell<Activation>> {
    template <class V>
    static constexpr V forward(V (&z)[1], const V&, V&) {
        z[0] = saved_form<Activation>(z[0]);
        return value_of<Activation>(z[0]);
    }
    template <class V>
    static constexpr void backward(V (&z)[1], const V&, const V&, const V&, V& dh, V&) {
        z[0] = dh * Activation::derivative(z[0]);
        dh = V(0);
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
