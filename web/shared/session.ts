// Sessions: a voter's as a guest of this device, a member of staff's for as long as the window is open.
import { Reader, Session, documents, randomUuid } from "@acclaim/client/browser";
import { api } from "./api";
import { storedValue } from "./storage";
import { Store } from "./store";

export { SignInRefused, randomUuid } from "@acclaim/client/browser";

const device = storedValue<string>("device");

/** The voter of this device: the same device id is the same voter. */
export const voter = new Session(api, storedValue("voter"), async () => {
  const deviceId = device.read() ?? randomUuid();
  device.write(deviceId);
  return (await api.execute(documents.SignInGuest, { deviceId })).signInGuest;
});

/** Forgets who this device is as a guest: the next one is somebody else. */
export const forgetDevice = () => device.write(undefined);

/** Counts the sessions that came after something had been read without them: it is to be read again. */
export const lateSessions = new Store(0);

/** The voter as a reader of what everybody may see: anonymous where no session can be had soon. */
export const reader = new Reader(voter, true, () => lateSessions.set(lateSessions.value + 1));

/** The member of staff; the password is not stored, so an ended session stays ended. */
export const staff = new Session(
  api,
  storedValue("staff", () => sessionStorage),
  async () => undefined,
);

/** Signs in a member of staff. Throws `SignInRefused`. */
export async function signInStaff(email: string, password: string): Promise<void> {
  const variables = { email, password, secondFactorCode: null };
  staff.signIn((await api.execute(documents.SignInStaff, variables, { once: true })).signInStaff);
}
