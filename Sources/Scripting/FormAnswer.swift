import Primitives

/// What was answered to a form: values in the form's order, none of a field that was not to be seen.
package struct FormAnswer: Hashable, Sendable {
    package var values: [Value]

    package struct Value: Hashable, Sendable {
        package var field: String
        package var value: FieldValue
    }

    package subscript(field: String) -> FieldValue? { values.first { $0.field == field }?.value }
}

extension Form {
    package enum Check: Hashable, Sendable {
        case answer(FormAnswer)
        /// One of each field at most, in the form's order; fields that the form does not have come last.
        case problems([FieldProblem])
    }

    /// Holds what was typed against the form. What is typed into a field that is not seen, or that is computed, is not looked at.
    package func check(_ typed: [String: FieldValue], _ context: AnswerContext) -> Check {
        var answer = FormAnswer(values: [])
        var problems: [FieldProblem] = []
        var operands = Formula.Operands()
        for field in fields.prefix(Self.fieldsMax) where field.isVisible(operands) {
            do throws(Field.Wrong) {
                let value = field.computedValue(operands) ?? typed[field.key] ?? .text("")
                let kept = try field.checked(value, context)
                if kept.isEmpty {
                    if field.isRequired { throw Field.Wrong(.required) }
                    continue
                }
                answer.values.append(FormAnswer.Value(field: field.key, value: kept))
                operands.filled.insert(field.key)
                operands.results[field.key] = field.operand(kept)
            } catch {
                problems.append(FieldProblem(field.key, error.rule, limit: error.limit))
            }
        }
        let known = Set(fields.map(\.key))
        for key in typed.keys.filter({ !known.contains($0) }).sorted() { problems.append(FieldProblem(key, .unknown)) }
        return problems.isEmpty ? .answer(answer) : .problems(problems)
    }
}

extension Field {
    fileprivate func isVisible(_ operands: Formula.Operands) -> Bool {
        // What was published can be read.
        guard let formula = visibleIf.flatMap({ try? Formula(parsing: $0) }) else { return true }
        return formula.result(operands).isTrue
    }

    /// Nil for a field that somebody fills in.
    fileprivate func computedValue(_ operands: Formula.Operands) -> FieldValue? {
        guard let computed else { return nil }
        guard let formula = try? Formula(parsing: computed) else { return .text("") }
        switch formula.result(operands) {
        case .empty: return .text("")
        case .number(let number):
            let shown = places.flatMap { number.rounded(to: $0) } ?? number
            return .text(shown.description)
        case .text(let text): return .text(text)
        case .truth(let truth): return .text(truth ? "yes" : "")
        }
    }

    /// What a formula reads of it; of an address and a card only whether there is one.
    fileprivate func operand(_ value: FieldValue) -> Formula.Result {
        guard case .text(let text) = value else { return .empty }
        switch kind {
        case .number, .money: return DecimalNumber(text).map { .number($0) } ?? .empty
        case .text, .date, .choice, .phone, .check: return Formula.Result(text: text)
        case .address, .card: return .empty
        }
    }
}
