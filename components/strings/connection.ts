/** Words of what happened to a device's connections. */
export const timelineText = {
  title: "Timeline",
  list: "What happened to the connections, newest first",
  all: "All refusals of this device",
  empty: "Nothing happened yet: no connection, no refusal.",
  connected: "Connected",
  disconnected: "Disconnected",
  lasted: (time: string) => `after ${time}`,
  times: (count: string) => `${count} times within a second`,
  attempts: (count: string) => (count === "1" ? "once" : `${count} times`),
  from: (remote: string) => `from ${remote}`,
  as: (clientId: string) => `as ${clientId}`,
  older: "Older",
  failed: "The timeline could not be loaded",
} as const;
