import Hummingbird
import Primitives
import Synchronization

/// What has been asked of one route, and how long its answers took. Counting allocates nothing.
final class RequestFigures: Sendable {
    private struct State {
        /// By the first digit of the status, from 1.
        var byClass = [0, 0, 0, 0, 0]
        var durations = Histogram(bounds: RequestFigures.bounds)
    }

    let method: String
    let route: String
    /// A stream's answer never ends: what it takes says nothing.
    private let isTimed: Bool
    private let state = Mutex(State())

    /// In seconds; a desk's command has to be durable within tens of milliseconds.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

    init(method: String, route: String, isTimed: Bool = true) {
        self.method = method
        self.route = route
        self.isTimed = isTimed
    }

    convenience init(_ route: Route) {
        if case .stream = route.kind {
            self.init(method: route.method.rawValue, route: route.path, isTimed: false)
        } else {
            self.init(method: route.method.rawValue, route: route.path)
        }
    }

    /// - Parameter duration: from the request's head to the answer's.
    func count(_ status: HTTPResponse.Status, after duration: Duration) {
        state.withLock { state in
            let place = status.code / 100 - 1
            if state.byClass.indices.contains(place) { state.byClass[place] += 1 }
            if isTimed { state.durations.observe(duration) }
        }
    }

    func add(to metrics: inout Metrics) {
        let state = state.withLock { $0 }
        guard state.byClass.contains(where: { $0 > 0 }) else { return }
        metrics.add(.counter, "callfloor_http_requests_total", "Requests by route and class of the answer's status.") { family in
            for (index, count) in state.byClass.enumerated() where count > 0 {
                family.sample(count, ["method": method, "route": route, "status": "\(index + 1)xx"])
            }
        }
        guard isTimed else { return }
        metrics.add(.histogram, "callfloor_http_request_duration_seconds", "From a request's head to its answer's, by route.") { family in
            family.sample(state.durations, ["method": method, "route": route])
        }
    }
}

/// The figures of all routes, and of what is no route.
final class FrontFigures: Sendable {
    /// Pages and files of the front end.
    let files = RequestFigures(method: "GET", route: "files")
    /// What is neither.
    let nothing = RequestFigures(method: "GET", route: "none")
    private let routes = Mutex<[RequestFigures]>([])

    /// Begins to count for a route.
    func begin(_ route: Route) -> RequestFigures {
        let figures = RequestFigures(route)
        routes.withLock { $0.append(figures) }
        return figures
    }

    func add(to metrics: inout Metrics) {
        for figures in routes.withLock({ $0 }) + [files, nothing] { figures.add(to: &metrics) }
    }
}
