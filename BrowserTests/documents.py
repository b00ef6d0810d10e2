"""Scripts and forms as a manager publishes them, over the API."""

import json
import uuid

from server import root

examples = root / "examples/home-internet"


def example(name):
    return json.loads((examples / name).read_text())


class Manager:
    """Writes and publishes documents of the project, and retires them at last: other tests have none."""

    def __init__(self, request, origin):
        self.request, self.origin, self.made = request, origin, []

    def send(self, method, path, body=None):
        answer = self.request.fetch(
            f"{self.origin}{path}", method=method, data=body or {},
            headers={"Origin": self.origin, "Idempotency-Key": str(uuid.uuid4())})
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return answer.json() if answer.text() else None

    def publish(self, kind, body):
        """Publishes it for the project of the demo, and gives its id."""
        project = self.send("GET", "/api/floor")["agents"][0]["projects"][0]["id"]
        key = f"{kind}-{uuid.uuid4().hex[:8]}"
        document = self.send("POST", "/api/documents", {"project": project, "kind": kind, "key": key, "body": body})["id"]
        self.made.append(document)
        self.send("POST", f"/api/documents/{document}/publish", {"revision": 1})
        return document

    def retire_all(self):
        for document in self.made:
            self.send("POST", f"/api/documents/{document}/retire")
