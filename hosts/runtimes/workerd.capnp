# The checks in two Workers: one as they were when neither `redirect: 'error'` nor `cache` was known, one as of now.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "older", worker = .older),
    (name = "newer", worker = .newer),
    (name = "network", network = (allow = ["public", "private"])),
  ],
);

const older :Workerd.Worker = (
  modules = [(name = "smoke.js", esModule = embed "test-results/worker.js")],
  compatibilityDate = "2023-01-01",
  bindings = [(name = "WIRE", fromEnvironment = "WIRE")],
  globalOutbound = "network",
);

const newer :Workerd.Worker = (
  modules = [(name = "smoke.js", esModule = embed "test-results/worker.js")],
  compatibilityDate = "2026-11-01",
  bindings = [(name = "WIRE", fromEnvironment = "WIRE")],
  globalOutbound = "network",
);
