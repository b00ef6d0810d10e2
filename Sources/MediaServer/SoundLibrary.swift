import Audio
import Glibc
import Synchronization

/// The recordings, the music and the tones in use, encoded once. Asked by those who give commands, never by a media thread.
final class SoundLibrary: Sendable {
    /// Recordings of one `Sound`; what comes after is not played.
    static let promptsPerSoundMax = 16
    /// Tones kept encoded (40 kB each).
    static let tonesMax = 64
    static let promptsMax = 4096

    private struct State {
        var prompts: [PromptName: EncodedSound] = [:]
        var tones: [Tone: EncodedSound] = [:]
    }

    private let state = Mutex(State())
    private let music: EncodedSound

    init(prompts: [PromptName: [Int16]], music: [Int16]) {
        self.music = EncodedSound(music)
        for (name, samples) in prompts { load(name, samples: samples) }
    }

    /// - Returns: false if there are `promptsMax` already.
    @discardableResult
    func load(_ name: PromptName, samples: [Int16]) -> Bool {
        let sound = EncodedSound(samples)
        return state.withLock { state in
            guard state.prompts[name] != nil || state.prompts.count < Self.promptsMax else { return false }
            state.prompts[name] = sound
            return true
        }
    }

    /// The pieces of `sound` in their order, and the names of recordings that are not there: each of these becomes an
    /// empty piece, so that whoever waits for its end goes on.
    func clips(for sound: Sound) -> (clips: [Clip], missing: [PromptName]) {
        var clips: [Clip] = []
        var missing: [PromptName] = []
        var rest = sound
        while clips.count < Self.promptsPerSoundMax {
            switch rest {
            case .silence:
                return (clips + [Clip(kind: .loop, sound: nil)], missing)
            case .music:
                return (clips + [Clip(kind: .music, sound: music)], missing)
            case .tone(let tone):
                return (clips + [Clip(kind: .loop, sound: encoded(tone))], missing)
            case .prompt(let name, let next):
                let prompt = state.withLock { $0.prompts[name] }
                if prompt == nil { missing.append(name) }
                clips.append(Clip(kind: .prompt, sound: prompt))
                rest = next
            }
        }
        return (clips, missing)
    }

    private func encoded(_ tone: Tone) -> EncodedSound? {
        if let known = state.withLock({ $0.tones[tone] }) { return known }
        let samples = tone.samples()
        guard !samples.isEmpty else { return nil }
        let sound = EncodedSound(samples)
        state.withLock { state in
            if state.tones.count >= Self.tonesMax { state.tones.removeAll() }
            state.tones[tone] = sound
        }
        return sound
    }
}

extension WAV {
    /// Reads a sound file of the machine.
    package init(path: String) throws {
        guard let file = fopen(path, "rb") else { throw MediaServerError.unreadable(path, errno: errno) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65536)
        while bytes.count <= WAV.bytesMax {
            let count = fread(&block, 1, block.count, file)
            guard count > 0 else { break }
            bytes += block[..<count]
        }
        guard ferror(file) == 0 else { throw MediaServerError.unreadable(path, errno: EIO) }
        try self.init(parsing: bytes)
    }

    /// The names of the sound files of a folder without `.wav`, sorted.
    package static func names(in folder: String) throws -> [String] {
        guard let directory = opendir(folder) else { throw MediaServerError.unreadable(folder, errno: errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".wav") { names.append(String(name.dropLast(4))) }
        }
        return names.sorted()
    }
}
