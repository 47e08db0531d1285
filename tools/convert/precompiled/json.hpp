// The headers of JSON, which nearly every file reads, and of ONNX: compiled once a program instead of once a file.
#include <nlohmann/json.hpp>
#if defined(STRATA_CONVERT_ONNX)
#include <onnx/onnx_pb.h>
#endif
