/** Words of the wizard that brings a device in. */
export const onboardText = {
  title: "Onboard a device",
  steps: ["Name", "Credential", "First message"],
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

  identity: "Serial number, manufacturer, tags",
  identityOptional: "optional",
  serial: "Serial number",
  serialHint: "As its manufacturer has it. The list of devices is searched by it, too.",
  manufacturer: "Manufacturer",
  model: "Model",
  hardwareRevision: "Hardware revision",
  tags: "Tags",
  tagsHint: "Separated by commas or blanks: hall-7, pilot.",

  howItProves: "How does the device prove who it is?",
  ways: {
    psk: "Pre-shared key (TLS-PSK)",
    token: "Token",
    sas: "SAS key (Azure)",
  },
  wayHints: {
    psk: "For small devices without certificates: both sides know one key, which is never sent. MQTT over TLS only.",
    token: "A password with the device's id as user name. Works with every MQTT client.",
    sas: "For devices written for Azure IoT Hub: the device signs tokens of its own, which expire.",
  },
  makeToken: "Make the token",
  makeSecret: "Make the key",
  secretDone: "Copy it now",
  secretOnce:
    "It is in this page only. This is the one time that it can be copied; the commands of the next step have it in them.",
  secretKept: "I have kept it",
  keepSecretFirst: "Copy it first: it is gone when you leave this page.",
  leaveSecret: {
    leaveTitle: "Leave without the key or token?",
    leaveText:
      "It is not shown anywhere else: when you leave, it is gone, and the device needs another one.",
    stay: "Stay",
    leave: "Leave without it",
  },

  certificateDone: "The certificate is issued",
  toFirstMessage: "Continue to the first message",
  saveKeyFirst: "Download the private key first: it is gone when you leave this page.",

  commandsTitle: "Send the first message",
  commandsText: "Run one of these where the downloaded files are. This page notices by itself.",
  commandsTextRequest:
    "Run one of these where the device's key and the downloaded certificate are. This page notices by itself.",
  commandsTextSecret:
    "Run one of these. The key or token is part of the command. This page notices by itself.",
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
