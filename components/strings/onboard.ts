/** Words of the wizard that brings a device in. */
export const onboardText = {
  title: "Onboard a device",
  steps: ["Name", "Certificate", "First message"],
  stepsLabel: "Steps",
  nameAndId: (name: string, deviceId: string) =>
    name === deviceId ? name : `${name} (${deviceId})`,
  back: "Back",
  next: "Continue",
  forbiddenTitle: "Your role does not include onboarding",
  forbiddenText: "Ask an administrator of your organisation to bring the device in.",

  name: "Name",
  nameHint: "What people call it.",
  namePlaceholder: "Pump 17, north hall",
  deviceId: "Device id",
  deviceIdHint:
    "What the device calls itself: common name of its certificate, MQTT client id, part of its topics. It cannot be changed later.",
  deviceIdTaken: "You have a device with this id already.",
  profile: "Profile",
  profileOption: (name: string, description: string) =>
    description === "" ? name : `${name}: ${description}`,
  register: "Register the device",
  registeredTitle: (name: string) => `${name} is registered`,
  registeredText:
    "Name and profile can be changed on the device's page later; the device id stays.",

  certificateDone: "The certificate is issued",
  toFirstMessage: "Continue to the first message",
  saveKeyFirst: "Download the private key first: it is gone when you leave this page.",

  commandsTitle: "Send the first message",
  commandsText: "Run one of these where the downloaded files are. This page notices by itself.",
  commandsTextRequest:
    "Run one of these where the device's key and the downloaded certificate are. This page notices by itself.",
  waitingTitle: "Waiting for the first message",
  waiting: "Nothing has come yet.",
  connected: "The device is connected; no message yet.",
  notLive: "The live stream is not connected: this page looks every few seconds instead.",
  arrivedTitle: "The first message is stored",
  arrivedText: "The device works. Its values are live on its page.",
  openDevice: "Open the device",
  another: "Onboard another",
  refusedTitle: "A connection was refused",
  unknownTitle: "Somebody tried with an unknown certificate or name",
  deadLetterTitle: "A message came, and was kept as a dead letter",
  refusedAt: "at",
} as const;
