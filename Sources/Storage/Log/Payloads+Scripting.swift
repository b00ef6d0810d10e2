extension Payload {
    struct DocumentPublished: Decodable {
        var document: String
        var project: String
        var version: Int
    }

    struct DocumentRetired: Decodable {
        var document: String
        var project: String
    }

    struct FormSubmitted: Decodable {
        var form: String
        var version: Int
    }

    struct ContactIdentified: Decodable {
        var customer: String
    }
}

extension Payload.DocumentPublished: PayloadText {
    func write(to text: inout JSONText) {
        text.field("document", document)
        text.field("project", project)
        text.field("version", version)
    }
}

extension Payload.DocumentRetired: PayloadText {
    func write(to text: inout JSONText) {
        text.field("document", document)
        text.field("project", project)
    }
}

extension Payload.FormSubmitted: PayloadText {
    func write(to text: inout JSONText) {
        text.field("form", form)
        text.field("version", version)
    }
}

extension Payload.ContactIdentified: PayloadText {
    func write(to text: inout JSONText) {
        text.field("customer", customer)
    }
}
