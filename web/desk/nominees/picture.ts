// The giving of another portrait to a nominee.
import { ApiError, execute } from "../../shared/server";
import { UploadRefused, upload } from "../parts/upload";
import { explain } from "../parts/states";
import { staff } from "../session";
import { SetNomineePortrait } from "./operations";
import type { Roster } from "./roster";
import { t } from "./texts";

const pictureBytesMax = 20 * 1024 * 1024;
/** The files that can be chosen. */
export const pictureTypes = "image/jpeg,image/png,image/webp";

/** What is wrong with a file before it is sent; none where nothing is. */
export function faultOf(file: File): string | undefined {
  const isPicture = pictureTypes.split(",").includes(file.type) || /\.(jpe?g|png|webp)$/i.test(file.name);
  if (!isPicture) return t().noPicture;
  if (file.size === 0) return t().emptyFile;
  if (file.size > pictureBytesMax) return t().tooLarge((Math.ceil(file.size / 1024 / 102.4) / 10).toFixed(1));
  return undefined;
}

/** What sending a portrait has come to: the refusal, and the upload where it can be used still. */
export interface Sent {
  refusal?: string;
  uploadId?: string;
}

interface Sending {
  organisationId: string;
  roster: Roster;
  nomineeId: string;
  file: File;
  /** The upload of an attempt before, which has the file already. */
  uploadId?: string | undefined;
  onProgress: (part: number) => void;
}

/** Sends a file and makes it a nominee's portrait. */
export async function sendPortrait({ organisationId, roster, nomineeId, file, uploadId, onProgress }: Sending): Promise<Sent> {
  let id = uploadId;
  try {
    id ??= await upload(organisationId, "PICTURE", file, onProgress);
    const { refusal, isStale } = await givePortrait(roster, nomineeId, id);
    return { ...(refusal !== undefined && { refusal }), ...(isStale && { uploadId: id }) };
  } catch (error) {
    if (error instanceof UploadRefused) return { refusal: error.message };
    if (error instanceof ApiError) return { refusal: explain(error), ...(id && { uploadId: id }) };
    throw error;
  }
}

interface Given {
  refusal?: string;
  /** Set where another portrait was given meanwhile: the upload is unused. */
  isStale?: boolean;
}

/**
 * Makes an upload the portrait, or takes the portrait away. Somebody else's edit of the texts meanwhile is no matter;
 * another portrait is told.
 */
export async function givePortrait(roster: Roster, nomineeId: string, uploadId: string | null): Promise<Given> {
  for (let attempt = 0; ; attempt++) {
    const before = roster.find(nomineeId);
    const expectedRevision = before?.desk?.editRevision ?? 0;
    const input = { nomineeId, expectedRevision, uploadId };
    const { setNomineePortrait } = await execute(SetNomineePortrait, { input }, { as: staff });
    const { nominee, userErrors } = setNomineePortrait;
    if (nominee) roster.put(nominee);
    const error = userErrors[0];
    if (!error) return {};
    const isStale = error.code === "STALE_OBJECT";
    if (isStale && attempt < 3 && nominee && nominee.portraitUrl === before?.portraitUrl) continue;
    return { refusal: isStale ? t().otherPortrait : error.message, isStale };
  }
}
