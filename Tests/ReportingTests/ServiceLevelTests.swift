import Primitives
import Reporting
import Testing

struct ServiceLevelTests {
    /// 70 answered in time, 10 abandoned in time, 20 answered late.
    private var hundred: QueueFigures {
        var figures = QueueFigures()
        for index in 0..<100 {
            figures.countOffered()
            switch index {
            case ..<70: figures.countAnswered(after: .seconds(10), target: .seconds(20))
            case ..<80: figures.countAbandoned(after: .seconds(3), target: .seconds(20), shortAbandon: .seconds(5))
            default: figures.countAnswered(after: .seconds(30), target: .seconds(20))
            }
        }
        return figures
    }

    @Test(arguments: [
        (ServiceLevelVariant.answeredOfOffered, 70.0 / 100), (.abandonedInTimeIgnored, 70.0 / 90), (.abandonedInTimeCounted, 80.0 / 100),
    ])
    func `the variants differ in what becomes of those who left in time`(_ variant: ServiceLevelVariant, _ expected: Double) {
        #expect(hundred.serviceLevel(variant) == expected)
    }

    @Test func `nothing to divide by is no service level`() {
        var figures = QueueFigures()
        for variant in ServiceLevelVariant.allCases { #expect(figures.serviceLevel(variant) == nil) }
        figures.countAbandoned(after: .seconds(1), target: .seconds(20), shortAbandon: .seconds(5))
        #expect(figures.serviceLevel(.abandonedInTimeIgnored) == nil)
        #expect(figures.serviceLevel(.answeredOfOffered) == 0)
        #expect(figures.averageSpeedOfAnswer == nil)
    }

    @Test func `exactly the target is in time, and exactly the short abandon is none`() {
        var figures = QueueFigures()
        figures.countAnswered(after: .seconds(20), target: .seconds(20))
        figures.countAbandoned(after: .seconds(5), target: .seconds(20), shortAbandon: .seconds(5))
        #expect(figures.answeredInTime == 1 && figures.abandonedInTime == 1 && figures.shortAbandons == 0)
    }

    @Test func `the speed of answer is the mean of the answered alone`() {
        let waited: Duration = .seconds(70 * 10 + 20 * 30)
        #expect(hundred.averageSpeedOfAnswer == waited / 90)
        #expect(hundred.waitLongest == .seconds(30))
        #expect(hundred.shortAbandons == 10)
    }

    @Test func `sums of figures are figures`() {
        let sum = hundred + hundred
        #expect(sum.offered == 200 && sum.answered == 180 && sum.abandoned == 20)
        for variant in ServiceLevelVariant.allCases { #expect(sum.serviceLevel(variant) == hundred.serviceLevel(variant)) }
        #expect(sum.averageSpeedOfAnswer == hundred.averageSpeedOfAnswer && sum.waitLongest == hundred.waitLongest)
        #expect(hundred + QueueFigures() == hundred)
    }
}
