// Files on their way to the server: a link is asked for, the file is sent to it, and its id is what mutations take.
import { ApiError, backoff, execute, pauseOrOnline } from "../../shared/server";
import { CreateUpload, type UploadPurpose } from "../operations";
import { staff } from "../session";

/** A connection that breaks is tried again this often: the link stays good for a quarter of an hour. */
const attemptsMax = 4;

/** The refusal of a file; the message says why, in the member's language. */
export class UploadRefused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Sends a file; gives the upload's id. `onProgress` hears the part that is sent, 0 to 1. Throws `UploadRefused` or
 * `ApiError`.
 */
export async function upload(
  organisationId: string,
  purpose: UploadPurpose,
  file: Blob,
  onProgress: (part: number) => void = () => undefined,
): Promise<string> {
  const { createUpload } = await execute(CreateUpload, { organisationId, purpose, bytes: file.size }, { as: staff });
  const refusal = createUpload.userErrors[0];
  if (!createUpload.upload) throw new UploadRefused(refusal?.code ?? "INTERNAL", refusal?.message ?? "");
  const { id, url } = createUpload.upload;
  for (let attempt = 0; ; attempt++) {
    try {
      await put(url, file, onProgress);
      return id;
    } catch (error) {
      if (error instanceof UploadRefused || attempt + 1 >= attemptsMax) throw error;
      await pauseOrOnline(backoff(attempt));
    }
  }
}

/** Sends a file by PUT; only XMLHttpRequest tells how far it is. */
function put(url: string, file: Blob, onProgress: (part: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", new URL(url, location.origin).pathname);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status === 204) return resolve();
      const { code = "INTERNAL", message = "" } = (request.response as { code?: string; message?: string } | null) ?? {};
      if (request.status >= 500) return reject(new ApiError("UNAVAILABLE", message));
      reject(new UploadRefused(code, message));
    };
    request.onerror = () => reject(new ApiError("NETWORK", "The server cannot be reached."));
    request.send(file);
  });
}
