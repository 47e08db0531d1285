// The header of JSON, which nearly every file reads: compiled once a program instead of once a file.
#include <nlohmann/json.hpp>
