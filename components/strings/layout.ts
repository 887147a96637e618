import type { LiveState } from "#components/layout/live-stream.ts";

/** Words of the frame around every page. */
export const layoutText = {
  product: "Quayside",
  skipToContent: "Skip to content",
  navigation: "Main",
  partRespond: "Respond",
  partProve: "Prove",
  more: "More",
  moreTitle: "All pages",
  overview: "Overview",
  devices: "Devices",
  onboard: "Onboard",
  refused: "Refused",
  deadLetters: "Dead letters",
  audit: "Audit",
  settings: "Settings",
  breadcrumb: "Where you are",

  find: "Find a device, page or action",
  findLabel: "Find",
  paletteTitle: "Find a device, page or action",
  palettePages: "Pages",
  paletteActions: "Actions",
  paletteDevices: "Devices",
  paletteNothing: "Nothing matches.",
  paletteSearching: "Searching devices…",
  paletteFailed: "Devices could not be searched. Pages and actions still work.",
  paletteLight: "Switch to light",
  paletteDark: "Switch to dark",
  paletteSystem: "Follow the system's light or dark",
  paletteShortcuts: "Keyboard shortcuts",
  paletteSignOut: "Sign out",

  account: (name: string) => `Account of ${name}`,
  theme: "Appearance",
  themeSystem: "As the system",
  themeLight: "Light",
  themeDark: "Dark",
  ownAccount: "Your account",
  shortcuts: "Keyboard shortcuts",
  signOut: "Sign out",
  signOutFailed: "You could not be signed out",

  live: {
    live: "Live",
    connecting: "Connecting…",
    silent: "No worker running",
    off: "Not live",
  } satisfies Record<LiveState, string>,
  liveBehind: (lag: string) => `Live · ${lag} behind`,
  liveExplained: {
    live: "Values on this page follow the devices as they publish.",
    connecting: "The live stream is being opened; values are from when the page was loaded.",
    silent:
      "The console is connected, but no worker has reported for 5 seconds: devices cannot be heard.",
    off: "The live stream was lost and is being tried again; values may be old.",
  } satisfies Record<LiveState, string>,

  shortcutsHint: "Where a sequence is shown, press the keys one after the other.",
  shortcutFind: "Find a device, page or action",
  shortcutHelp: "This list",
  shortcutFilter: "Filter the list on this page",
  shortcutRows: "Move between the rows of a table",
  shortcutOpen: "Open the row",
  shortcutGo: (page: string) => `Go to ${page}`,
  shortcutSingle: "Use single-key shortcuts",
  shortcutSingleHint:
    "Switch off if speech input or another tool triggers them. Kept in this browser.",

  notFoundTitle: "This page does not exist",
  notFoundText: "The address may be mistyped, or the thing was removed.",
  notFoundAction: "Go to the overview",
  errorTitle: "This page could not be shown",
  errorText:
    "Nothing was changed. Try again; if it stays, the log of the console has this reference:",
  errorNoReference:
    "Nothing was changed. Try again; if it stays, look into the log of the console.",
  forbiddenTitle: "Your role does not include this page",
  forbiddenText: "Ask an administrator of your organisation if you need it.",
  loadingPage: "The page is loading",
} as const;
