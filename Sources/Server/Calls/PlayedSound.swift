import Audio
import MediaServer
import Primitives

// A file of its own: the module `MediaServer` cannot be named in front of its `Sound` (it holds a class of that name), and
// the trade has a `Sound`, too.
typealias PlayedSound = Sound
