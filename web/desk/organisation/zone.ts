/** The time zone of the device: an organisation has none of its own. */
export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
