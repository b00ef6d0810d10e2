import Organization

/// The floor, for who may see it.
struct FloorRoutes: Sendable {
    let feed: LiveFeed

    var routes: [Route] {
        [
            .read(
                "/api/floor", "Queues and agents as they are now.", access: .may(.viewFloor, atLeast: .own),
                audit: .nothing(because: "it shows the centre's own people at work, and no customer"), answers: FloorWire.self
            ) { call in
                let caller = try call.signedIn()
                guard let reach = FloorReach(caller) else { throw Problem(.forbidden) }
                return await feed.floor(for: FloorAudience(reach: reach, language: caller.language))
            }
        ]
    }
}
