#!/usr/bin/env python3
# Makes the C interface of a net: NAME.h for C and for whatever reads C headers, and NAME.cpp, which is compiled with strata.
# usage: tools/c_interface/c_interface.py NAME --include HEADER (--net EXPRESSION | --model EXPRESSION) [--out FOLDER]
#   --include  a C++ header that defines the net
#   --net      a constexpr net in that header: digits::net
#   --model    an expression that makes a model of it, with the weights that it begins with: digits::model()
import argparse
import re
import sys
from pathlib import Path

HEADER = """/* The net {name}, for C. Made by strata's tools/c_interface.

   A call that can fail returns 0, or a handle, where it succeeds; else {name}_last_error() says why, in the thread of the
   call. A model may be used by many threads at once while nobody writes its weights; each thread has a workspace of its own. */
#ifndef {guard}
#define {guard}

#include <stddef.h>

#if defined(_WIN32)
#if defined({upper}_BUILD)
#define {upper}_CALL __declspec(dllexport)
#else
#define {upper}_CALL
#endif
#elif defined(__GNUC__)
#define {upper}_CALL __attribute__((visibility("default")))
#else
#define {upper}_CALL
#endif

#ifdef __cplusplus
extern "C" {{
#endif

typedef struct {name}_model {name}_model;
typedef struct {name}_workspace {name}_workspace;
typedef struct {name}_stream {name}_stream;

/* Why the last call of this thread failed; the text is valid until the next failure. */
{upper}_CALL const char* {name}_last_error(void);

/* Numbers in one input, in one output, and of all weights; numbers of one time step of a stream, 0 where there is none. */
{upper}_CALL size_t {name}_input_size(void);
{upper}_CALL size_t {name}_output_size(void);
{upper}_CALL size_t {name}_parameter_count(void);
{upper}_CALL size_t {name}_stream_input_size(void);
{upper}_CALL size_t {name}_stream_output_size(void);

/* A model, with the weights that it begins with; NULL where there is not enough memory. */
{upper}_CALL {name}_model* {name}_create(void);
{upper}_CALL void {name}_destroy({name}_model* model);

/* Weights from a file, or all of them after each other, each in Keras' order. Where it fails the model is as it was. */
{upper}_CALL int {name}_load_weights({name}_model* model, const char* file);
{upper}_CALL int {name}_set_weights({name}_model* model, const {number}* values, size_t count);

/* Memory for the inferences of one thread. */
{upper}_CALL {name}_workspace* {name}_workspace_create(void);
{upper}_CALL void {name}_workspace_destroy({name}_workspace* workspace);

/* One sample. Input and output may not overlap. It neither allocates nor waits; it fails where a pointer is NULL. */
{upper}_CALL int {name}_infer(const {name}_model* model, {name}_workspace* workspace, const {number}* input, {number}* output);

/* A stream takes one time step after another and remembers the past. NULL where the net cannot stream. {keeps} */
{upper}_CALL {name}_stream* {name}_stream_create(const {name}_model* model);
{upper}_CALL void {name}_stream_destroy({name}_stream* stream);
{upper}_CALL int {name}_stream_step({name}_stream* stream, const {number}* input, {number}* output);
{upper}_CALL void {name}_stream_reset({name}_stream* stream);

#ifdef __cplusplus
}}
#endif
#endif
"""

SOURCE = """// The C interface of {name}. Made by strata's tools/c_interface.
#define {upper}_BUILD
#include "{name}.h"

#include <type_traits>

#include <strata/io/c_interface.hpp>

#include "{include}"

namespace {{
using made = std::remove_cvref_t<decltype({model})>;
using calls = strata::c_interface<made>;
static_assert(std::is_same_v<calls::number, {number}>, "{name}: the model's numbers are no {number}");
}}  // namespace

struct {name}_model {{
    made value;
}};
struct {name}_workspace {{
    calls::workspace value;
}};
struct {name}_stream {{
    calls::stream value;
}};

extern "C" {{
const char* {name}_last_error(void) {{ return calls::last_error(); }}
size_t {name}_input_size(void) {{ return calls::input_size; }}
size_t {name}_output_size(void) {{ return calls::output_size; }}
size_t {name}_parameter_count(void) {{ return calls::net::parameter_count(); }}
size_t {name}_stream_input_size(void) {{ return calls::stream::input_size; }}
size_t {name}_stream_output_size(void) {{ return calls::stream::output_size; }}
{name}_model* {name}_create(void) {{
    return calls::create<{name}_model>([] {{ return {model}; }});
}}
void {name}_destroy({name}_model* model) {{ delete model; }}
int {name}_load_weights({name}_model* model, const char* file) {{ return calls::load_weights(model, file); }}
int {name}_set_weights({name}_model* model, const {number}* values, size_t count) {{
    return calls::set_weights(model, values, count);
}}
{name}_workspace* {name}_workspace_create(void) {{ return calls::create_workspace<{name}_workspace>(); }}
void {name}_workspace_destroy({name}_workspace* workspace) {{ delete workspace; }}
int {name}_infer(const {name}_model* model, {name}_workspace* workspace, const {number}* input, {number}* output) {{
    return calls::infer(model, workspace, input, output);
}}
{name}_stream* {name}_stream_create(const {name}_model* model) {{ return calls::create_stream<{name}_stream>(model); }}
void {name}_stream_destroy({name}_stream* stream) {{ delete stream; }}
int {name}_stream_step({name}_stream* stream, const {number}* input, {number}* output) {{
    return calls::step(stream, input, output);
}}
void {name}_stream_reset({name}_stream* stream) {{ calls::reset(stream); }}
}}
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--include", required=True)
    made_of = parser.add_mutually_exclusive_group(required=True)
    made_of.add_argument("--net")
    made_of.add_argument("--model")
    parser.add_argument("--number", default="float", choices=["float", "double"])
    parser.add_argument("--out", type=Path, default=Path("."))
    given = parser.parse_args()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", given.name):
        print(f"{given.name} is no name for C functions: small letters, digits and _", file=sys.stderr)
        return 1
    number = "<double>" if given.number == "double" else ""
    words = {"name": given.name, "upper": given.name.upper(), "guard": f"{given.name.upper()}_H", "number": given.number,
             "include": given.include, "model": given.model or f"{given.net}.build{number}()",
             "keeps": "It keeps the weights:\n   the model may be destroyed before it." if given.net else
             "The model must\n   live longer."}
    given.out.mkdir(parents=True, exist_ok=True)
    for ending, text in ((".h", HEADER), (".cpp", SOURCE)):
        (given.out / (given.name + ending)).write_text(text.format(**words), encoding="utf-8")
    print(f"{given.out / given.name}.h, {given.out / given.name}.cpp")
    return 0


if __name__ == "__main__":
    sys.exit(main())
