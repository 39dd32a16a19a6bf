//! The file that keeps all worlds: a server that is stopped and started again goes on where it was,
//! and a file that cannot be used is left alone.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use partner_center_mock::{Builder, MockServer, StartError};
use serde_json::{Value, json};

use crate::support::items::{order, reservation_line, small_vm};
use crate::support::{LARKSPUR, LARKSPUR_AZURE, START, client};

/// A folder of its own, gone with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("pcmock-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("state.json")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const NEVER: Duration = Duration::from_secs(3600);

fn builder(file: &Path, every: Duration) -> Builder {
    let builder = MockServer::builder().starting_at(START.parse().unwrap()).frozen();
    builder.state_file(file, every)
}

/// A client of one world of a server that is stopped at the end of a test.
struct Client<'s> {
    server: &'s MockServer,
    world: &'s str,
}

impl Client<'_> {
    #[track_caller]
    fn send(&self, status: u16, method: &str, path: &str, body: &Value) -> Value {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let url = format!("{}{path}", self.server.base_url());
        let token = self.server.world(self.world).unwrap().token();
        let request = client().request(method.parse().unwrap(), url).bearer_auth(token);
        let request = request.header("x-mock-world", self.world);
        let request = if body.is_null() { request } else { request.json(body) };
        let (answered, text) = runtime.block_on(async {
            let response = request.send().await.unwrap();
            (response.status().as_u16(), response.text().await.unwrap())
        });
        assert_eq!(answered, status, "{method} {path}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    #[track_caller]
    fn get(&self, path: &str) -> Value {
        self.send(200, "GET", path, &Value::Null)
    }

    #[track_caller]
    fn post(&self, status: u16, path: &str, body: &Value) -> Value {
        self.send(status, "POST", path, body)
    }

    #[track_caller]
    fn buy(&self) -> String {
        let line = reservation_line(&small_vm(), LARKSPUR_AZURE);
        let made = self.post(201, &format!("/v1/customers/{LARKSPUR}/orders"), &order(&[line]));
        made["id"].as_str().unwrap().to_owned()
    }
}

/// Starts a server on the file, does something with one of its worlds, stops it.
fn session<T>(file: &Path, world: &str, act: impl FnOnce(&Client<'_>, &MockServer) -> T) -> T {
    let server = builder(file, NEVER).start_blocking().unwrap();
    act(&Client { server: &server, world }, &server)
}

fn saved(file: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn worlds_outlive_the_server() {
    let folder = Folder::new("outlive");
    let (orders, customer) =
        (format!("/v1/customers/{LARKSPUR}/orders"), format!("/v1/customers/{LARKSPUR}"));
    let (bought, shown) = session(&folder.file(), "blue", |mock, _| {
        mock.post(201, "/_mock/worlds", &json!({ "name": "fork", "from": "blue" }));
        mock.post(201, "/_mock/worlds", &json!({ "name": "keyed", "clientIds": ["client-7"] }));
        let bought = mock.buy();
        mock.post(201, "/_mock/snapshots", &json!({ "name": "bought" }));
        mock.server.world("blue").unwrap().advance("P1D").unwrap();
        (bought, mock.get(&orders))
    });
    session(&folder.file(), "blue", |mock, server| {
        assert_eq!(mock.get(&orders), shown);
        assert_eq!(mock.get("/_mock/clock")["now"], "2026-03-02T12:00:00.0000000Z");
        assert_eq!(mock.get("/_mock/worlds/keyed")["registered"], json!(["client-7"]));
        // The untouched fork began as blue was before the purchase, and goes back to that.
        let fork = Client { server, world: "fork" };
        fork.get(&customer);
        assert!(!fork.get(&orders).to_string().contains(&bought));
        // Identifiers go on: another purchase is another order.
        assert_ne!(mock.buy(), bought);
        let another = mock.buy();
        mock.post(200, "/_mock/snapshots/bought/restore", &Value::Null);
        assert_eq!(mock.get("/_mock/clock")["now"], "2026-03-01T12:00:00.0000000Z");
        let restored = mock.get(&orders).to_string();
        assert!(restored.contains(&bought) && !restored.contains(&another));
        mock.post(200, "/_mock/reset", &Value::Null);
        assert!(!mock.get(&orders).to_string().contains(&bought));
    });
}

#[test]
fn a_world_that_was_not_touched_takes_a_line_and_one_that_was_its_changes() {
    let folder = Folder::new("small");
    session(&folder.file(), "touched", |mock, server| {
        mock.buy();
        for number in 0..100 {
            server.world(&format!("idle-{number}")).unwrap();
        }
    });
    let document = saved(&folder.file());
    let states = document["states"].as_array().unwrap();
    assert_eq!(document["worlds"].as_array().unwrap().len(), 102);
    assert_eq!(states.len(), 2, "the seed and what was changed");
    let changed = states[1]["tables"].as_object().unwrap();
    assert!(!changed.contains_key("roleDefinitions") && !changed.contains_key("customers"));
    assert_eq!(changed["orders"]["put"].as_array().unwrap().len(), 1);
}

#[test]
fn it_is_written_while_the_server_runs_and_only_when_something_changed() {
    let folder = Folder::new("running");
    let server = builder(&folder.file(), Duration::from_millis(50)).start_blocking().unwrap();
    let wait_for = |text: &str| {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let found = std::fs::read_to_string(folder.file()).unwrap_or_default();
            if found.contains(text) {
                return found;
            }
            assert!(Instant::now() < end, "{text} was never written");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    wait_for("\"worlds\"");
    let mock = Client { server: &server, world: "blue" };
    let order = mock.buy();
    let first = wait_for(&order);
    let written = std::fs::metadata(folder.file()).unwrap().modified().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(std::fs::metadata(folder.file()).unwrap().modified().unwrap(), written);
    assert_eq!(std::fs::read_to_string(folder.file()).unwrap(), first);
}

#[test]
fn a_file_that_cannot_be_used_stops_the_start_and_is_left_alone() {
    let folder = Folder::new("refused");
    session(&folder.file(), "blue", |mock, _| drop(mock.buy()));
    let good = std::fs::read_to_string(folder.file()).unwrap();
    let edited = |edit: &dyn Fn(&mut Value)| {
        let mut document: Value = serde_json::from_str(&good).unwrap();
        edit(&mut document);
        document.to_string()
    };
    for (text, expected) in [
        (good[..good.len() / 3].to_owned(), "is not JSON: line"),
        (String::new(), "is not JSON: line"),
        ("{\"some\": \"file\"}".to_owned(), "is not of the format `pcmock-state`"),
        (edited(&|it| it["version"] = json!(99)), "has version 99"),
        (edited(&|it| it["worlds"][1]["state"] = json!(7)), "worlds[1].state: there is no state 7"),
        (edited(&|it| it["worlds"][1]["name"] = json!("no name")), "worlds[1].name: `no name`"),
        (edited(&|it| it["states"][1]["base"] = json!(1)), "no state stands at 1"),
        (
            edited(&|it| it["states"][0]["tables"]["orders"][0]["row"]["lines"] = json!(1)),
            "states[0].tables.orders[0].row.lines",
        ),
    ] {
        std::fs::write(folder.file(), &text).unwrap();
        let refused = builder(&folder.file(), NEVER).start_blocking().unwrap_err();
        assert!(matches!(refused, StartError::StateFile { .. }));
        assert!(refused.to_string().contains(expected), "{expected}: {refused}");
        assert_eq!(std::fs::read_to_string(folder.file()).unwrap(), text);
    }
}

#[test]
fn a_file_has_one_server_at_a_time() {
    let folder = Folder::new("locked");
    let first = builder(&folder.file(), NEVER).start_blocking().unwrap();
    let refused = builder(&folder.file(), NEVER).start_blocking().unwrap_err().to_string();
    assert!(refused.contains("another server that is running"), "{refused}");
    drop(first);
    drop(builder(&folder.file(), NEVER).start_blocking().unwrap());
}

/// Starts the program and gives its base URL.
fn start(file: &Path) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pcmock"))
        .args(["--port", "0", "--ephemeral", "--auth", "off", "--state"])
        .arg(file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    (child, told["url"].as_str().unwrap().to_owned())
}

#[cfg(unix)]
#[tokio::test]
async fn the_program_saves_on_sigterm_and_goes_on_after_it() {
    let folder = Folder::new("program");
    let stop = |mut child: Child| {
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(child.wait().unwrap().success());
    };
    let (child, url) = start(&folder.file());
    let made = client()
        .post(format!("{url}/_mock/worlds"))
        .json(&json!({ "name": "kept" }))
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), 201);
    stop(child);
    let (child, url) = start(&folder.file());
    let kept = client().get(format!("{url}/_mock/worlds/kept")).send().await.unwrap();
    assert_eq!(kept.status(), 200);
    // A world to a file and into another world.
    let file = folder.0.join("world.json");
    let run = |verb: &str, world: &str| {
        Command::new(env!("CARGO_BIN_EXE_pcmock"))
            .args(["snapshot", "--url", &url, "--world", world, verb])
            .arg(&file)
            .output()
            .unwrap()
    };
    assert!(run("save", "kept").status.success());
    assert!(run("load", "copied").status.success());
    std::fs::write(&file, "{}").unwrap();
    let refused = String::from_utf8(run("load", "copied").stderr).unwrap();
    assert!(refused.contains("world.json") && refused.contains("without `format`"), "{refused}");
    stop(child);
    std::fs::write(folder.file(), "{").unwrap();
    let refused = Command::new(env!("CARGO_BIN_EXE_pcmock"))
        .args(["--port", "0", "--ephemeral", "--state"])
        .arg(folder.file())
        .output()
        .unwrap();
    assert!(!refused.status.success());
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("is not JSON") && told.contains("state.json"), "{told}");
}
