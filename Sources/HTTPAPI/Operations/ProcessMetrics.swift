import Glibc
import Primitives

extension Metrics {
    /// What the process takes of its machine, under the names that every Prometheus client uses. What the system does not
    /// tell is left out.
    mutating func addProcess(startedAt: Timestamp) {
        var usage = rusage()
        if getrusage(RUSAGE_SELF.rawValue, &usage) == 0 {
            let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            let rest = Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1_000_000
            add(.counter, "process_cpu_seconds_total", "Processor time, in the program and for it in the kernel.") {
                $0.sample(seconds + rest)
            }
        }
        if let resident = Self.residentBytes { gauge("process_resident_memory_bytes", "Memory that lies in RAM.", resident) }
        if let open = Self.openDescriptors { gauge("process_open_fds", "File descriptors that are open.", open) }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            gauge("process_max_fds", "File descriptors that may be open.", limit.rlim_cur)
        }
        add(.gauge, "process_start_time_seconds", "When the program was started, in seconds since 1970 UTC.") {
            $0.sample(Double(startedAt.microseconds) / 1_000_000)
        }
    }

    private static var residentBytes: Int? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages.multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE))).partialValue
    }

    private static var openDescriptors: Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Without `.`, `..` and the descriptor with which it is read.
        return max(0, count - 3)
    }
}
