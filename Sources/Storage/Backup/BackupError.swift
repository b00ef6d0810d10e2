/// Why a backup could not be made, read or restored. Where it is thrown nothing has been left behind.
package enum BackupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file or folder could not be used.
    case file(String, reason: String)
    /// The backup would have to overwrite something.
    case exists(String)
    /// Another backup is being written to the same place.
    case inUse(String)
    /// There is no centre in the database.
    case nothingToBackUp(String)
    case notABackup(String)
    /// A newer program wrote it.
    case newerFormat(found: Int, known: Int)
    case newerSchema(found: Int, known: Int)
    /// The file is encrypted, and no key was given.
    case keyNeeded
    /// A key was given, and the file is not encrypted: whoever trusts the key must not be given a file that anybody could make.
    case notEncrypted
    case wrongKey
    case badKeyFile(String)
    /// The file ends before its end.
    case cutOff
    /// Something in it is not as it was written.
    case damaged(atByte: Int64)
    /// It is as it was written, and makes no sense.
    case unreadable(String)
    /// The target holds something already.
    case notEmpty(String)
    /// A folder that others may look into, and in which things lie that are not ours.
    case sharedFolder(String)
    /// A restore is on its way there, or was cut off.
    case unfinished(String)
    /// What is in the database now is not what is in the backup.
    case differs(String)
    /// What is in the file is not what was written into it.
    case notKept(String)
    /// One value is larger than a backup can hold.
    case tooLarge(String)

    package var description: String {
        switch self {
        case .file(let path, let reason): "\(path): \(reason)"
        case .exists(let path): "\(path) exists already; a backup overwrites nothing"
        case .inUse(let path): "another backup is being written to \(path)"
        case .nothingToBackUp(let what): "\(what) holds no data of Callfloor"
        case .notABackup(let path): "\(path) is not a backup of Callfloor"
        case .newerFormat(let found, let known): "the backup has the format \(found); this program reads formats up to \(known)"
        case .newerSchema(let found, let known): "the backup's tables have the format \(found); this program knows formats up to \(known)"
        case .keyNeeded: "the backup is encrypted: its key is needed"
        case .notEncrypted: "the backup is not encrypted, though a key was given"
        case .wrongKey: "the key is not the one that the backup was made with"
        case .badKeyFile(let path): "\(path): expected 32 bytes, or their base64"
        case .cutOff: "the backup is cut off: its end is missing"
        case .damaged(let offset): "the backup is damaged near byte \(offset)"
        case .unreadable(let what): "the backup cannot be read: \(what)"
        case .notEmpty(let what): "\(what) is not empty; a backup is restored only to where nothing is"
        case .sharedFolder(let path):
            "\(path) is open to other users of this machine and holds other things: name a folder of its own, or close it (chmod 700)"
        case .unfinished(let path): "a restore is on its way, or was cut off; if none is, remove \(path)"
        case .differs(let what): "what was restored is not what is in the backup: \(what)"
        case .notKept(let path): "\(path) does not hold what was written into it: the disk or the memory is failing"
        case .tooLarge(let what): "\(what) is larger than a backup can hold"
        }
    }
}
