// The server under test, as a process of its own.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts the server at `path` on `port` (0 lets the system choose) and resolves once it listens: `{url, port, stop(), kill()}`. */
export async function startServer(path, environment, port = 0) {
  const child = spawn(path, { env: { ...process.env, ...environment, PORT: String(port) }, stdio: ["ignore", "inherit", "pipe"] });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${path} exited with ${code} before it listened`)));
    createInterface({ input: child.stderr }).on("line", (line) => {
      const found = line.match(/http:\/\/\S+/);
      if (found) {
        resolve(found[0]);
      } else {
        console.error(`server: ${line}`);
      }
    });
  });
  return {
    url,
    port: Number(new URL(url).port),
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
    /** Gives it no time for anything. */
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
