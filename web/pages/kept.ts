// Whether the sheet is open that shows what is kept of the voter; its program is loaded when it is wanted.
import { Store } from "../shared/store";

export const isKeptShown = new Store(false);
