// Solves a challenge beside the page, which stays alive. A classic worker, which Safari 14 has, too.
import { solveChallenge } from "@acclaim/client/browser";

onmessage = async ({ data }: MessageEvent<string>) => {
  try {
    postMessage(await solveChallenge(data, Infinity));
    close();
  } catch (error) {
    // What a promise is rejected with is no error of the worker.
    setTimeout(() => {
      throw error;
    });
  }
};
