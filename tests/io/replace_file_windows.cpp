// Files on Windows: names in any script, a save that replaces the file at once or leaves the old one, leftovers.
#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "files.hpp"

namespace {

using namespace strata;
using internal::file_handle;

constexpr auto net = Sequential{Input<3>{}, Dense<2>{}};
/// No code page of Windows has all of these.
const std::filesystem::path stem = u8"größe─日本-Ж";

std::vector<std::string> names_in(const folder& at) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(at.path))
        names.push_back(internal::path_text(entry.path().filename()));
    std::sort(names.begin(), names.end());
    return names;
}
std::filesystem::path with(std::filesystem::path file, const char* extension) { return file += extension; }

/// This program as another process that runs one hidden test; the test reads its file from the environment.
class child {
public:
    child(const char* test, const std::filesystem::path& file) {
        ::SetEnvironmentVariableW(L"STRATA_TEST_FILE", file.c_str());
        std::wstring program(32768, L'\0');
        program.resize(::GetModuleFileNameW(nullptr, program.data(), static_cast<DWORD>(program.size())));
        std::wstring line = L"\"" + program + L"\" " + std::filesystem::path(test).native();
        STARTUPINFOW start{};
        start.cb = sizeof(start);
        REQUIRE(::CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr, &start,
                                 &running_) != 0);
    }
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child() { end(); }

    bool is_running() const { return ::WaitForSingleObject(running_.hProcess, 0) == WAIT_TIMEOUT; }
    /// As if the machine ended it: no destructor runs.
    void end() {
        if (running_.hProcess == nullptr) return;
        ::TerminateProcess(running_.hProcess, 1);
        ::WaitForSingleObject(running_.hProcess, INFINITE);
        ::CloseHandle(running_.hProcess);
        ::CloseHandle(running_.hThread);
        running_ = {};
    }

private:
    PROCESS_INFORMATION running_{};
};

std::vector<char> access_of(const std::filesystem::path& file) {
    DWORD size = 0;
    ::GetFileSecurityW(file.c_str(), DACL_SECURITY_INFORMATION, nullptr, 0, &size);
    std::vector<char> descriptor(size);
    REQUIRE(::GetFileSecurityW(file.c_str(), DACL_SECURITY_INFORMATION, descriptor.data(), size, &size) != 0);
    return descriptor;
}

}  // namespace

TEST_CASE("names in any script: weights, checkpoints, histories, tables and messages") {
    const folder at;
    auto model = net.build({.seed = 3});
    const auto weights = with(at.path / stem, ".safetensors");
    model.save_weights(weights);
    auto other = net.build({.seed = 4});
    other.load_weights(weights);
    CHECK(other == model);

    Dataset<float, shape{3}, float, shape{2}> data;
    for (int i = 0; i < 8; ++i)
        data.push_back(std::array{0.1f * static_cast<float>(i), 0.5f, -0.3f}, std::array{0.2f, 0.1f});
    auto trainer = compile(model, Adam{}, MeanSquaredError{});
    const std::string best = internal::path_text(at.path / stem) + "-{epoch}.safetensors";
    const History history = trainer.fit(data, {.batch_size = 4,
                                               .epochs = 2,
                                               .callbacks = {ModelCheckpoint{.filepath = best},
                                                             CSVLogger{.filename = with(at.path / stem, "-log.csv")}},
                                               .verbose = 0});
    history.write_csv(with(at.path / stem, ".csv"));
    history.write_svg(with(at.path / stem, ".svg"));
    trainer.save_checkpoint(with(at.path / stem, "-checkpoint.safetensors"));
    auto resumed_model = net.build({.seed = 5});
    auto resumed = compile(resumed_model, Adam{}, MeanSquaredError{});
    resumed.load_checkpoint(with(at.path / stem, "-checkpoint.safetensors"));
    CHECK(resumed_model == model);

    const std::string begin = internal::path_text(stem);
    for (const char* ending : {"-1.safetensors", "-2.safetensors", "-log.csv", ".csv", ".svg", ".safetensors"}) {
        INFO(ending);
        const auto names = names_in(at);
        CHECK(std::find(names.begin(), names.end(), begin + ending) != names.end());
    }
    CHECK(names_in(at).size() == 7);
    CHECK(contains(refusal([&] { model.load_weights(with(at.path / stem, "-missing.safetensors")); }), begin));
}

TEST_CASE("a folder that does not exist, a folder, a device, a zero byte or a long name is refused") {
    const folder at;
    auto model = net.build();
    const auto before = model;
    std::filesystem::create_directory(at / "folder.safetensors");
    for (const std::filesystem::path& file : {std::filesystem::path("NUL"), std::filesystem::path("NUL.safetensors")}) {
        INFO(file);
        CHECK(contains(refusal([&] { replace_file_by(file, "x"); }), "is a FIFO, a socket or a device"));
        CHECK(contains(refusal([&] { internal::input_file(file, "a file"); }), "is a FIFO, a socket or a device"));
    }
    CHECK(contains(refusal([&] { model.load_weights(at / "folder.safetensors"); }), "is a folder"));
    CHECK(contains(refusal([&] { model.save_weights(at / "folder.safetensors"); }), "is a folder"));
    CHECK(contains(refusal([&] { model.save_weights(at / "none/a.safetensors"); }), "does not exist; make it first"));
    const std::string zero = std::string("a\0b", 3) + ".safetensors";
    CHECK(contains(refusal([&] { model.load_weights(at / zero); }), "has a zero byte"));
    CHECK(contains(refusal([&] { model.save_weights(at / zero); }), "has a zero byte"));
    const std::string longest(200, 'n'), too_long(400, 'n');
    model.save_weights(with(at / longest, ".safetensors"));
    model.load_weights(with(at / longest, ".safetensors"));
    CHECK(!refusal([&] { model.save_weights(with(at / too_long, ".safetensors")); }).empty());
    CHECK(!refusal([&] { model.load_weights(with(at / too_long, ".safetensors")); }).empty());
    CHECK(model == before);
}

TEST_CASE("a named pipe is refused, and its server is not kept waiting") {
    const std::wstring pipe = L"\\\\.\\pipe\\strata-test-" + std::to_wstring(::GetCurrentProcessId());
    const file_handle server(::CreateNamedPipeW(pipe.c_str(), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_NOWAIT,
                                                PIPE_UNLIMITED_INSTANCES, 512, 512, 0, nullptr));
    REQUIRE(server);
    CHECK(!refusal([&] { internal::input_file(pipe, "a file"); }).empty());
    CHECK(!refusal([&] { replace_file_by(pipe, "x"); }).empty());
}

TEST_CASE("the old file stays where another program has it open, and no temporary file is left") {
    const folder at;
    write(at / "a", "old");
    {
        const file_handle opened(::CreateFileW((at / "a").c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr,
                                               OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
        REQUIRE(opened);
        CHECK(contains(refusal([&] { replace_file_by(at / "a", "new"); }), "does a program have it open or mapped?"));
        CHECK(names_in(at) == std::vector<std::string>{"a"});
    }
    CHECK(read(at / "a") == "old");
    replace_file_by(at / "a", "new");
    CHECK(read(at / "a") == "new");
    CHECK_THROWS_AS(replace_file(at / "a",
                                 [](internal::replacement_file& out) {
                                     out.write("half", 4);
                                     throw std::runtime_error("stop");
                                 }),
                    file_error);
    CHECK(read(at / "a") == "new");
    CHECK(names_in(at) == std::vector<std::string>{"a"});
}

TEST_CASE("a file keeps its attributes and its access control list; a read-only one is refused") {
    const folder at;
    write(at / "a", "old");
    REQUIRE(::SetFileAttributesW((at / "a").c_str(), FILE_ATTRIBUTE_READONLY) != 0);
    CHECK(contains(refusal([&] { replace_file_by(at / "a", "new"); }), "is read-only"));
    CHECK(read(at / "a") == "old");
    REQUIRE(::SetFileAttributesW((at / "a").c_str(), FILE_ATTRIBUTE_HIDDEN) != 0);
    replace_file_by(at / "a", "new");
    CHECK(read(at / "a") == "new");
    CHECK((::GetFileAttributesW((at / "a").c_str()) & FILE_ATTRIBUTE_HIDDEN) != 0);

    // A list of one entry: the file's owner may do anything.
    write(at / "open", "old");
    write(at / "closed", "old");
    DWORD size = 0;
    ::GetFileSecurityW((at / "closed").c_str(), OWNER_SECURITY_INFORMATION, nullptr, 0, &size);
    std::vector<char> owned(size);
    REQUIRE(::GetFileSecurityW((at / "closed").c_str(), OWNER_SECURITY_INFORMATION, owned.data(), size, &size) != 0);
    PSID owner = nullptr;
    BOOL is_default = FALSE;
    REQUIRE(::GetSecurityDescriptorOwner(owned.data(), &owner, &is_default) != 0);
    alignas(ACL) std::array<char, 256> list{};
    auto* const acl = reinterpret_cast<ACL*>(list.data());
    REQUIRE(::InitializeAcl(acl, static_cast<DWORD>(list.size()), ACL_REVISION) != 0);
    REQUIRE(::AddAccessAllowedAce(acl, ACL_REVISION, GENERIC_ALL, owner) != 0);
    SECURITY_DESCRIPTOR descriptor{};
    REQUIRE(::InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION) != 0);
    REQUIRE(::SetSecurityDescriptorDacl(&descriptor, TRUE, acl, FALSE) != 0);
    REQUIRE(::SetFileSecurityW((at / "closed").c_str(), DACL_SECURITY_INFORMATION, &descriptor) != 0);
    const auto closed = access_of(at / "closed");
    REQUIRE(closed != access_of(at / "open"));
    replace_file(at / "closed", [&](internal::replacement_file& out) {
        out.write("new", 3);
        for (const auto& entry : std::filesystem::directory_iterator(at.path))
            if (contains(internal::path_text(entry.path()), ".part-")) CHECK(access_of(entry.path()) == closed);
    });
    CHECK(access_of(at / "closed") == closed);
}

TEST_CASE("a link is refused, where the system lets a program make one") {
    const folder at;
    write(at / "far", "old");
    ::CreateSymbolicLinkW((at / "near").c_str(), (at / "far").c_str(), 0);
    const DWORD made = ::GetFileAttributesW((at / "near").c_str());  // Wine says that it made one
    if (made == INVALID_FILE_ATTRIBUTES || (made & FILE_ATTRIBUTE_REPARSE_POINT) == 0) {
        WARN("this system makes no symbolic links for this program");
        return;
    }
    CHECK(contains(refusal([&] { replace_file_by(at / "near", "x"); }), "is a link or another reparse point"));
    CHECK(read(at / "far") == "old");
}

TEST_CASE("the temporary name is exclusive: a file in its place is not written") {
    const folder at;
    for (int i = 0; i < 300; ++i) {
        const auto taken = at / ("a.part-" + std::to_string(::GetCurrentProcessId()) + "-" + std::to_string(i));
        std::filesystem::create_directory(taken);
    }
    replace_file_by(at / "a", "x");
    CHECK(read(at / "a") == "x");
    CHECK(names_in(at).size() == 301);
}

TEST_CASE("leftovers go at the next save, and nothing else does") {
    const folder at;
    const std::vector<std::string> gone{"a.part-4000-1", "a.part-4000-22"};
    const std::vector<std::string> kept{"a.part-",        "a.part-4000",    "a.part-4000-",
                                        "a.part-4000-1x", "a.part-0-1",     "a.part--5-1",
                                        "b.part-4000-1",  "aa.part-4000-1", "a.part-4000-9"};
    for (const auto* names : {&gone, &kept})
        for (const std::string& each : *names) write(at / each, "x");
    std::filesystem::create_directory(at / "a.part-4000-3");
    {
        std::ifstream reader(at / "a.part-4000-9");  // another program reads this one
        replace_file_by(at / "a", "x");
    }
    for (const std::string& each : gone) CHECK(!std::filesystem::exists(at / each));
    for (const std::string& each : kept) CHECK(std::filesystem::exists(at / each));
    CHECK(std::filesystem::is_directory(at / "a.part-4000-3"));
}

TEST_CASE("saves", "[.saves]") {
    std::wstring file(32768, L'\0');
    file.resize(::GetEnvironmentVariableW(L"STRATA_TEST_FILE", file.data(), static_cast<DWORD>(file.size())));
    internal::replacement_file out(file);
    out.write("half", 4);
    ::Sleep(INFINITE);
}

TEST_CASE("a save that is killed leaves a file that the next save removes, and one that runs stays") {
    const folder at;
    child saves("[.saves]", at / "a");
    for (int waited = 0; names_in(at).empty() && waited < 1000; ++waited) ::Sleep(10);
    REQUIRE(names_in(at).size() == 1);
    REQUIRE(saves.is_running());
    replace_file_by(at / "a", "whole");
    CHECK(names_in(at).size() == 2);
    saves.end();
    CHECK(names_in(at).size() == 2);
    replace_file_by(at / "a", "again");
    CHECK(names_in(at) == std::vector<std::string>{"a"});
    CHECK(read(at / "a") == "again");
}

TEST_CASE("a file longer than four gigabytes is read at its end") {
    const folder at;
    const auto file = at / "sparse";
    {
        const file_handle made(::CreateFileW(file.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr));
        LARGE_INTEGER offset{};
        offset.QuadPart = 0x100000005;
        REQUIRE(::SetFilePointerEx(made.id(), offset, nullptr, FILE_BEGIN) != 0);
        DWORD done = 0;
        REQUIRE(::WriteFile(made.id(), "end", 3, &done, nullptr) != 0);
    }
    const internal::input_file in(file, "a file");
    CHECK(in.size() == 0x100000008);
    std::string end(3, '\0');
    in.read(0x100000005, end.data(), 3);
    CHECK(end == "end");
    CHECK(contains(refusal([&] { in.read(0x100000006, end.data(), 3); }), "cannot be read to its end"));
}
