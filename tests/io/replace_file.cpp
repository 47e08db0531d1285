// Saving as SQLite saves: exclusive names, mode and links kept, the disk has file and folder, leftovers go.
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "files.hpp"

namespace {

using namespace strata;

constexpr auto net = Sequential{Input<3>{}, Dense<2>{}};

/// Calls of synchronization while `watched` was a name: `file` or `folder`, then the target's content at that time.
std::filesystem::path watched;
std::vector<std::string> synchronized;

unsigned mode_of(const std::filesystem::path& file) {
    struct stat facts{};
    REQUIRE(::stat(file.c_str(), &facts) == 0);
    return facts.st_mode & 07777u;
}
std::vector<std::string> names_in(const folder& at) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(at.path)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}
/// The number of a process that is gone.
pid_t dead_process() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
    return child;
}

}  // namespace

#if defined(__linux__)
/// Stands before the system's in this program.
extern "C" int fsync(int id) {
    struct stat facts{};
    if (!watched.empty() && ::fstat(id, &facts) == 0)
        synchronized.push_back((S_ISDIR(facts.st_mode) ? "folder " : "file ") + read(watched));
    return static_cast<int>(::syscall(SYS_fsync, id));
}

TEST_CASE("the disk has the file before it takes the old one's place, and the folder afterwards") {
    const folder at;
    write(at / "a.txt", "old");
    watched = at / "a.txt";
    replace_file_by(watched, "new");
    watched.clear();
    CHECK(synchronized == std::vector<std::string>{"file old", "folder new"});
}
#endif

TEST_CASE("a file that has taken its place is not locked: HDF5 would not read it") {
    const folder at;
    internal::replacement_file out(at / "a");
    out.write("new", 3);
    out.commit();
    const internal::file_descriptor reader(::open((at / "a").c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(::flock(reader.id(), LOCK_SH | LOCK_NB) == 0);
}

TEST_CASE("a file keeps its mode, and a new one has that of the process") {
    const folder at;
    const mode_t before = ::umask(027);
    replace_file_by(at / "new", "x");
    ::umask(before);
    CHECK(mode_of(at / "new") == 0640);
    for (const unsigned mode : {0600u, 0644u, 0400u, 0666u, 0751u}) {
        REQUIRE(::chmod((at / "new").c_str(), mode) == 0);
        replace_file_by(at / "new", "y");
        CHECK(mode_of(at / "new") == mode);
    }
    net.build().save_weights(at / "a.safetensors");
    REQUIRE(::chmod((at / "a.safetensors").c_str(), 0600) == 0);
    net.build().save_weights(at / "a.safetensors");
    CHECK(mode_of(at / "a.safetensors") == 0600);
}

TEST_CASE("what a temporary file holds can be read by nobody who cannot read the target") {
    const folder at;
    write(at / "a", "old");
    REQUIRE(::chmod((at / "a").c_str(), 0600) == 0);
    replace_file(at / "a", [&](internal::replacement_file& out) {
        out.write("new", 3);
        for (const std::string& name : names_in(at)) CHECK(mode_of(at / name) == 0600);
        CHECK(names_in(at).size() == 2);
    });
    CHECK(read(at / "a") == "new");
}

TEST_CASE("a symbolic link stays, and the file that it leads to is replaced") {
    const folder at;
    std::filesystem::create_directory(at / "far");
    write(at / "far/a.safetensors", "old");
    std::filesystem::create_symlink("far/a.safetensors", at / "near.safetensors");
    std::filesystem::create_symlink(at / "near.safetensors", at / "next.safetensors");
    const auto model = net.build({.seed = 3});
    model.save_weights(at / "next.safetensors");
    CHECK(std::filesystem::read_symlink(at / "near.safetensors") == "far/a.safetensors");
    CHECK(std::filesystem::is_symlink(at / "next.safetensors"));
    auto other = net.build();
    other.load_weights(at / "far/a.safetensors");
    CHECK(other == model);

    std::filesystem::create_symlink("far/later", at / "early");
    replace_file_by(at / "early", "x");
    CHECK(std::filesystem::is_symlink(at / "early"));
    CHECK(read(at / "far/later") == "x");

    std::filesystem::create_symlink("circle", at / "circle");
    CHECK(contains(refusal([&] { replace_file_by(at / "circle", "x"); }), "a link that leads nowhere"));
    std::filesystem::create_symlink("missing/file", at / "astray");
    CHECK(contains(refusal([&] { replace_file_by(at / "astray", "x"); }), "does not exist"));
}

TEST_CASE("the temporary name is exclusive: neither a file nor a link in its place is written") {
    const folder at;
    write(at / "victim", "untouched");
    // The next names of this process, as a hostile neighbour would guess them.
    for (int i = 0; i < 900; ++i)
        std::filesystem::create_symlink(at / "victim",
                                        at / ("a.part-" + std::to_string(::getpid()) + "-" + std::to_string(i)));
    replace_file_by(at / "a", "x");
    CHECK(read(at / "a") == "x");
    CHECK(read(at / "victim") == "untouched");
    CHECK(!std::filesystem::is_symlink(at / "a"));
}

TEST_CASE("leftovers of dead processes go at the next save, and nothing else does") {
    const folder at;
    const std::string dead = std::to_string(dead_process());
    const std::vector<std::string> gone{"a.part-" + dead + "-1", "a.part-" + dead + "-22"};
    const std::vector<std::string> kept{"a.part-",
                                        "a.part-" + dead,
                                        "a.part-" + dead + "-",
                                        "a.part-" + dead + "-1x",
                                        "a.part-1-1",  // the first process lives
                                        "a.part-0-1",
                                        "a.part--5-1",
                                        "b.part-" + dead + "-1",
                                        "aa.part-" + dead + "-1",
                                        "a.part-" + std::to_string(::getpid()) + "-4000000000"};
    for (const auto* names : {&gone, &kept})
        for (const std::string& name : *names) write(at / name, "x");
    std::filesystem::create_directory(at / ("a.part-" + dead + "-3"));
    std::filesystem::create_symlink(at / "b", at / ("a.part-" + dead + "-4"));
    replace_file_by(at / "a", "x");
    for (const std::string& name : gone) CHECK(!std::filesystem::exists(at / name));
    for (const std::string& name : kept) CHECK(std::filesystem::exists(at / name));
    CHECK(std::filesystem::is_directory(at / ("a.part-" + dead + "-3")));
    CHECK(std::filesystem::is_symlink(at / ("a.part-" + dead + "-4")));
}

TEST_CASE("a save that is killed leaves a file that the next save removes, and one that runs stays") {
    const folder at;
    int ready[2], stop[2];
    REQUIRE(::pipe(ready) == 0);
    REQUIRE(::pipe(stop) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        internal::replacement_file out(at / "a");
        out.write("half", 4);
        char byte = 0;
        if (::write(ready[1], &byte, 1) != 1 || ::read(stop[0], &byte, 1) != 1) ::_exit(1);
        ::_exit(0);  // as if killed: no destructor runs
    }
    char byte = 0;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    replace_file_by(at / "a", "whole");
    CHECK(names_in(at).size() == 2);
    REQUIRE(::write(stop[1], &byte, 1) == 1);
    ::waitpid(child, nullptr, 0);
    CHECK(names_in(at).size() == 2);
    replace_file_by(at / "a", "again");
    CHECK(names_in(at) == std::vector<std::string>{"a"});
    CHECK(read(at / "a") == "again");
    for (const int id : {ready[0], ready[1], stop[0], stop[1]}) ::close(id);
}

TEST_CASE("a FIFO, a device, a folder or an impossible name is refused as file_error, at once") {
    const folder at;
    const std::vector<std::string> extensions{".safetensors",
#if defined(STRATA_WITH_HDF5)
                                              ".weights.h5",
#endif
#if defined(STRATA_WITH_LIBZIP)
                                              ".npz"
#endif
    };
    auto model = net.build({.seed = 3});
    const auto before = model;
    auto trainer = compile(model, Adam{}, MeanSquaredError{});
    for (const std::string& extension : extensions) {
        const auto fifo = at / ("fifo" + extension), device = at / ("device" + extension);
        REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
        std::filesystem::create_symlink("/dev/zero", device);
        for (const auto& file : {fifo, device}) {
            INFO(file);
            CHECK(contains(refusal([&] { model.load_weights(file); }), "is a FIFO, a socket or a device"));
            CHECK(contains(refusal([&] { model.save_weights(file); }), "is a FIFO, a socket or a device"));
        }
        CHECK(std::filesystem::is_fifo(fifo));
        const std::string zero = std::string("a\0b", 3) + extension;
        CHECK(contains(refusal([&] { model.load_weights(at / zero); }), "has a zero byte"));
        CHECK(contains(refusal([&] { model.save_weights(at / zero); }), "has a zero byte"));
        const std::string longest(255 - extension.size(), 'n'), too_long(400, 'n');
        model.save_weights(at / (longest + extension));
        model.load_weights(at / (longest + extension));
        CHECK(!refusal([&] { model.save_weights(at / (too_long + extension)); }).empty());
        CHECK(!refusal([&] { model.load_weights(at / (too_long + extension)); }).empty());
        CHECK(!refusal([&] { model.save_weights(at / (longest + extension) / ("a" + extension)); }).empty());
        CHECK(!refusal([&] { model.load_weights(at / (longest + extension) / ("a" + extension)); }).empty());
    }
    CHECK(contains(refusal([&] { trainer.load_checkpoint(at / "fifo.safetensors"); }), "is a FIFO"));
    CHECK(contains(refusal([&] { trainer.save_checkpoint(at / "fifo.safetensors"); }), "is a FIFO"));
    CHECK(!refusal([&] { History().write_csv(at / "fifo.safetensors"); }).empty());
    CHECK(model == before);
}

TEST_CASE("whatever the standard library throws comes out as file_error") {
    const folder at;
    const auto says = [&](auto call) { return refusal([&] { internal::with_file_errors(at / "a", call); }); };
    CHECK(contains(says([] { throw std::bad_alloc(); }), "needs more memory than there is"));
    CHECK(contains(says([] { throw std::length_error("basic_string"); }), "needs more memory than there is"));
    CHECK(contains(says([] { throw std::filesystem::filesystem_error("status", std::error_code()); }), "status"));
    CHECK(contains(says([] { throw file_error("b", "as it is"); }), "strata: b: as it is"));
    CHECK(internal::with_file_errors(at / "a", [] { return 3; }) == 3);
}
