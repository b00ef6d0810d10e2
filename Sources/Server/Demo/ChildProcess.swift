import Foundation
import Glibc
import NIOCore

/// This very program once more, as a process of its own: with the same output and errors, nothing to read, and a line to the one who
/// started it. It is in no group with him, so that Ctrl-C is his to hear.
struct ChildProcess: Sendable {
    private let pid: pid_t

    /// How it ended.
    enum Status: Hashable, Sendable {
        case exited(Int32)
        case killed(Int32)

        /// What a shell would say of it.
        var code: Int32 {
            switch self {
            case .exited(let code): code
            case .killed(let signal): 128 + signal
            }
        }
    }

    /// Where it finds its end of the line.
    static let line: Int32 = 3

    /// - Parameters:
    ///   - line: the end of the line that it gets.
    ///   - onEnd: hears how it ended; called on a thread of its own.
    init(_ arguments: [String], line: Int32, onEnd: @escaping @Sendable (Status) -> Void) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, line, Self.line)
        Self.closeOnExec()
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that we take or that this thread keeps away would not reach it either.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        var words = (CommandLine.arguments.prefix(1) + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, &words, environ)
        guard failure == 0 else { throw IOError(errnoCode: failure, reason: "posix_spawn") }
        self.pid = pid
        // It is waited for even if nobody else is interested: nothing of it stays behind.
        Thread.detachNewThread { [pid] in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7F
            onEnd(signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal))
        }
    }

    /// Nothing that is open here is open there: a port that it held would stay taken.
    private static func closeOnExec() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            guard let descriptor = Int32(name), descriptor > STDERR_FILENO else { continue }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    func send(_ signal: Int32) { kill(pid, signal) }
}
