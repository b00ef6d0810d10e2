/// Latin letters with what Turkish and Welsh and their neighbours write above and below them, and what is typed where a keyboard has none of it.
package enum LatinLetters {
    /// What is typed, and for which letters.
    package static let plain: [(String, String)] = [
        ("a", "ÀÁÂÃÄÅàáâãäåĀāĂăĄą"), ("ae", "Ææ"), ("c", "ÇçĆćĈĉĊċČč"), ("d", "ĎďĐđÐð"), ("e", "ÈÉÊËèéêëĒēĔĕĖėĘęĚě"), ("g", "ĜĝĞğĠġĢģ"),
        ("h", "ĤĥĦħ"), ("i", "ÌÍÎÏìíîïĨĩĪīĬĭĮįİı"), ("j", "Ĵĵ"), ("k", "Ķķ"), ("l", "ĹĺĻļĽľŁł"), ("n", "ÑñŃńŅņŇň"),
        ("o", "ÒÓÔÕÖØòóôõöøŌōŎŏŐő"), ("oe", "Œœ"), ("r", "ŔŕŖŗŘř"), ("s", "ŚśŜŝŞşŠšȘș"), ("ss", "ßẞ"), ("t", "ŢţŤťȚț"), ("th", "Þþ"),
        ("u", "ÙÚÛÜùúûüŨũŪūŬŭŮůŰűŲų"), ("w", "ŴŵẀẁẂẃẄẅ"), ("y", "ÝýÿŶŷŸỲỳ"), ("z", "ŹźŻżŽž"),
    ]
}
