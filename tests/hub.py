"""A Hugging Face Hub in this computer: the calls that the project uses, refusals and accidents."""

import base64
import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

__all__ = ["TOKEN", "Fault", "LocalHub", "local_hub"]

TOKEN = "hf_local"
LFS_ENDINGS = (".tflite", ".keras", ".tar", ".npz", ".png")
REPO = r"(?:(?P<kind>models|datasets|spaces)/)(?P<repo>[^/]+/[^/]+)"


@dataclass
class Fault:
    """What goes wrong with the next `times` requests whose method and path hold `where`."""

    where: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    cut_to: int | None = None  # the body ends after so many bytes
    silent_s: float = 0.0
    corrupt: bool = False
    times: int = 1


@dataclass
class Repo:
    """A repository: the files of each commit, the latest last."""

    private: bool
    sdk: str = ""
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    stages: list[str] = field(default_factory=lambda: ["BUILDING", "APP_STARTING", "RUNNING"])
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def head(self) -> str:
        return next(reversed(self.commits))

    @property
    def files(self) -> dict[str, bytes]:
        return self.commits[self.head]

    def commit(self, files: dict[str, bytes]) -> str:
        oid = hashlib.sha1(f"{len(self.commits)}".encode() + b"".join(files.values())).hexdigest()
        self.commits[oid] = files
        return oid


class LocalHub:
    """The state of the Hub, and the requests that came."""

    def __init__(self) -> None:
        self.url = ""
        self.repos: dict[str, Repo] = {}  # "models/owner/name"
        self.uploads: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.faults: list[Fault] = []
        self.lock = threading.Lock()

    def fault_for(self, request: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.where in request and fault.times:
                    fault.times -= 1
                    return fault
        return None


def git_oid(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def handler_of(hub: LocalHub) -> type[BaseHTTPRequestHandler]:
    """Return the request handler of a hub."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def answer(self) -> None:
            path = unquote(urlsplit(self.path).path)
            request = f"{self.command} {path}"
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            hub.requests.append(request)
            self.fault = hub.fault_for(request)
            if self.fault and self.fault.silent_s:
                time.sleep(self.fault.silent_s)
                self.close_connection = True
                return
            if self.fault and self.fault.status:
                self.say(self.fault.status, {"error": "as the test wants"}, self.fault.headers)
                return
            if not path.startswith("/storage/") and self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self.say(401, {"error": "Invalid username or password."})
                return
            for pattern, reply in self.routes():
                match = re.fullmatch(pattern, request)
                if match:
                    with hub.lock:
                        status, value, headers = reply(match, body)
                    self.say(status, value, headers)
                    return
            self.say(404, {"error": f"no route for {request}"})

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer

        def routes(self) -> list[tuple[str, Any]]:
            return [
                (r"POST /api/repos/create", self.create),
                (r"POST /api/validate-yaml", lambda m, b: (200, {"errors": [], "warnings": []}, {})),
                (rf"POST /api/{REPO}/preupload/main", self.preupload),
                (r"POST /(?P<path>.+)\.git/info/lfs/objects/batch", self.lfs_batch),
                (r"PUT /storage/(?P<oid>\w+)", self.store),
                (rf"POST /api/{REPO}/commit/main", self.commit),
                (rf"GET /api/{REPO}/tree/main", self.tree),
                (rf"GET /api/{REPO}(?:/revision/main)?", self.info),
                (rf"GET /api/{REPO}/runtime", self.runtime),
                (rf"POST /api/{REPO}/variables", self.variable),
                (rf"POST /api/{REPO}/super-squash/main", self.squash),
                (rf"POST /api/{REPO}/paths-info/main", self.paths_info),
                (r"(?:GET|HEAD) /(?P<path>.+)/resolve/(?P<revision>[^/]+)/(?P<file>.+)", self.resolve),
            ]

        def repo(self, match: re.Match[str]) -> Repo:
            return hub.repos[f"{match['kind']}/{match['repo']}"]

        def web(self, match: re.Match[str]) -> str:
            kind = "" if match["kind"] == "models" else match["kind"] + "/"
            return f"{hub.url}/{kind}{match['repo']}"

        def create(self, match: re.Match[str], body: bytes) -> tuple[int, Any, dict[str, str]]:
            wanted = json.loads(body)
            kind = wanted.get("type") or "model"
            name = f"{wanted['organization']}/{wanted['name']}"
            reply = {"url": f"{hub.url}/{'' if kind == 'model' else kind + 's/'}{name}", "id": name}
            if f"{kind}s/{name}" in hub.repos:
                return 409, {"error": "You already created this repo", **reply}, {}
            repo = Repo(
                wanted.get("visibility") == "private" or wanted.get("private") is True, wanted.get("sdk", "")
            )
            repo.commit({".gitattributes": b"*.tflite filter=lfs\n"})
            hub.repos[f"{kind}s/{name}"] = repo
            return 200, reply, {}

        def preupload(self, match: re.Match[str], body: bytes) -> tuple[int, Any, dict[str, str]]:
            files = self.repo(match).files
            modes = []
            for wanted in json.loads(body)["files"]:
                path = wanted["path"]
                is_lfs = path.endswith(LFS_ENDINGS)
                data = files.get(path)
                oid = None if data is None else hashlib.sha256(data).hexdigest() if is_lfs else git_oid(data)
                mode = "lfs" if is_lfs else "regular"
                modes.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid})
            return 200, {"files": modes}, {}

        def lfs_batch(self, match: re.Match[str], body: bytes) -> tuple[int, Any, dict[str, str]]:
            objects = [
                each | {"actions": {"upload": {"href": f"{hub.url}/storage/{each['oid']}"}}}
                for each in json.loads(body)["objects"]
            ]
            return 200, {"transfer": "basic", "objects": objects}, {}

        def store(self, match: re.Match[str], body: bytes) -> tuple[int, Any, dict[str, str]]:
            if hashlib.sha256(body).hexdigest() != match["oid"]:
                return 400, {"error": "not what was announced"}, {}
            hub.uploads[match["oid"]] = body
            return 200, {}, {}

        def commit(self, match: re.Match[str], body: bytes) -> tuple[int, Any, dict[str, str]]:
            repo = self.repo(match)
            files = dict(repo.files)
            for line in body.decode().splitlines():
                entry = json.loads(line)
                value = entry["value"]
                match entry["key"]:
                    case "file":
                        files[value["path"]] = base64.b64decode(value["content"])
                    case "lfsFile":
                        files[value["path"]] = hub.uploads[value["oid"]]
                    case "deletedFile":
                        del files[value["path"]]
            oid = repo.commit(files)
            return 200, {"commitUrl": f"{self.web(match)}/commit/{oid}", "commitOid": oid}, {}

        def tree(self, match: re.Match[str], body: bytes) -> tuple[int, Any, dict[str, str]]:
            files = self.repo(match).files
            listing = [
                {"type": "file", "path": path, "size": len(data), "oid": git_oid(data)}
                for path, data in files.items()
            ]
            return 200, listing, {}

        def paths_info(self, match: re.Match[str], body: bytes) -> tuple[int, Any, dict[str, str]]:
            return self.tree(match, body)

        def info(self, match: re.Match[str], body: bytes) -> tuple[int, Any, dict[str, str]]:
            repo = hub.repos.get(f"{match['kind']}/{match['repo']}")
            if repo is None:
                return 404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"}
            siblings = [{"rfilename": path} for path in repo.files]
            return 200, {"id": match["repo"], "sha": repo.head, "tags": [], "siblings": siblings}, {}

        def runtime(self, match: re.Match[str], body: bytes) -> tuple[int, Any, dict[str, str]]:
            stages = self.repo(match).stages
            return 200, {"stage": stages.pop(0) if len(stages) > 1 else stages[0]}, {}

        def variable(self, match: re.Match[str], body: bytes) -> tuple[int, Any, dict[str, str]]:
            values = json.loads(body)
            self.repo(match).variables[values["key"]] = values["value"]
            return 200, {values["key"]: {"value": values["value"]}}, {}

        def squash(self, match: re.Match[str], body: bytes) -> tuple[int, Any, dict[str, str]]:
            repo = self.repo(match)
            repo.commits = {repo.head: repo.files}
            return 200, {}, {}

        def resolve(self, match: re.Match[str], body: bytes) -> tuple[int, Any, dict[str, str]]:
            path = match["path"]
            kind = "" if path.startswith(("datasets/", "spaces/")) else "models/"
            repo = hub.repos.get(kind + path)
            if repo is None:
                return 404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"}
            revision = repo.head if match["revision"] == "main" else match["revision"]
            if revision not in repo.commits:
                return 404, {"error": "no such revision"}, {"X-Error-Code": "RevisionNotFound"}
            data = repo.commits[revision].get(match["file"])
            if data is None:
                return 404, {}, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": revision}
            headers = {"X-Repo-Commit": revision, "ETag": f'"{hashlib.sha256(data).hexdigest()}"'}
            return 200, data, headers

        def say(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
            data = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            for name, text in (headers or {}).items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command == "HEAD":
                return
            if self.fault and self.fault.corrupt:
                data = bytes([data[0] ^ 1]) + data[1:]
            if self.fault and self.fault.cut_to is not None:
                data = data[: self.fault.cut_to]
                self.close_connection = True
            self.wfile.write(data)

    return Handler


@contextmanager
def local_hub() -> Iterator[LocalHub]:
    """Run a hub on a free port."""
    hub = LocalHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(hub))
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
