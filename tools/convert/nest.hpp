// nest: turns a graph of one input into the nested items of a strata net.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "graph.hpp"
#include "problem.hpp"

namespace convert {

/// An item of a list: a layer, or a merge layer with the items of each of its paths, or a nested model with its items.
struct item {
    const node* layer = nullptr;
    std::string name{};                      // unique in the net; empty: none is written
    std::vector<std::vector<item>> paths{};  // of a merge layer in the order of its inputs; of a nested model one
    bool is_residual = false;                // an Add of two paths that strata's Residual writes shorter
};

/// The items from the input of a graph to its output. Paths of a merge layer begin where the last value lies that all
/// of them need. A layer that two such paths need is written on both and computed twice: a remark says so. Refuses a
/// graph in which that makes more than four times its layers.
std::vector<item> nest(const graph& g, remarks& notes);

}  // namespace convert
