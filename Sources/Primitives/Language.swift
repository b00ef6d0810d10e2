/// The languages Callfloor speaks and writes, by their BCP 47 tags.
package enum Language: String, CaseIterable, Sendable, Hashable {
    case english = "en"
    case urdu = "ur"
    case georgian = "ka"
    case hindi = "hi"
    case turkish = "tr"
    case welsh = "cy"
}
