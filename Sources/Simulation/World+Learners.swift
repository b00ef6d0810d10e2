import Centre
import Organization
import Primitives

/// Trainees on a simulated day: they sit beside seniors, and mentors beside them, for a while; some are signed off, and some of these have
/// to learn again.
extension World {
    mutating func planLearning() {
        let length = scenario.end - scenario.start
        for index in agents.indices where agents[index].agent.isTrainee {
            let trainee = agents[index].agent.id
            for _ in 0..<random.between(2, 12) {
                // Some are busy, away, or trainees themselves, and one in so many is he himself.
                let other = random.between(0, agents.count - 1)
                let colleague = agents[other].agent.id
                let start = random.between(.zero, length)
                put(
                    .agent(
                        other,
                        random.chance(0.7)
                            ? .learn(.seatWanted(colleague, beside: trainee)) : .learn(.seatWanted(trainee, beside: colleague))),
                    after: start)
                if random.chance(0.7) {
                    let leaver = random.chance(0.5) ? index : other
                    put(
                        .agent(leaver, .learn(.seatEndWanted(agents[leaver].agent.id))),
                        after: start + random.around(.seconds(900), spread: 1))
                }
            }
            guard random.chance(0.4) else { continue }
            let start = random.between(.zero, length)
            let other = random.between(0, agents.count - 1)
            put(.agent(other, .learn(.signOffWanted(trainee, isSignedOff: true))), after: start)
            if random.chance(0.5) {
                put(
                    .agent(other, .learn(.signOffWanted(trainee, isSignedOff: false))),
                    after: start + random.around(.seconds(1800), spread: 1))
            }
        }
    }
}
