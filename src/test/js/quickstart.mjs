// The polling loop of the provider's quickstart, for many tasks: each is a promise of its own.
// node --expose-gc quickstart.mjs URL TASKS MILLIS
// TASKS holds a line a task: its id and when it is first looked at (epoch milliseconds). The video
// of one that ends is put in the working directory. For each line on stdin it says what it has
// done since the last one.
import { createWriteStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const [url, tasks, millis] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${process.env.COMETAPI_KEY}` };
const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));

let looks = 0;
let ended = 0;
let lost = 0;
let late = 0;

async function wait(taskId, due) {
  for (let next = due; ; next = Date.now() + Number(millis)) {
    await sleep(Math.max(0, next - Date.now()));
    late = Math.max(late, Date.now() - next);
    looks += 1;
    const response = await fetch(`${url}/kling/v1/videos/text2video/${taskId}`, { headers });
    if (!response.ok) {
      throw new Error(await response.text());
    }
    const task = (await response.json()).data;
    if (task.task_status === "succeed") {
      const video = await fetch(task.task_result.videos[0].url);
      await pipeline(Readable.fromWeb(video.body), createWriteStream(`${taskId}.mp4`));
      ended += 1;
      return;
    }
    if (task.task_status === "failed") {
      throw new Error(task.task_status_msg);
    }
  }
}

for (const line of readFileSync(tasks, "utf8").trim().split("\n")) {
  const [taskId, due] = line.split(" ");
  wait(taskId, Number(due)).catch((error) => {
    lost += 1;
    console.error(`${taskId} is lost: ${error.message} ${error.cause ?? ""}`);
  });
}

createInterface({ input: process.stdin }).on("line", (asked) => {
  if (asked === "weigh") {
    globalThis.gc();
  }
  const heap = process.memoryUsage().heapUsed;
  console.log(JSON.stringify({ looks, ended, lost, late, heap }));
  late = 0;
});
