import type { DataCategory } from "#server/domain/data-category.ts";

/** "tempC", "temp_c" and "Temp C" as the words "temp", "c". */
function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[^A-Za-z0-9%°]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}

/** Last words that are units (UCUM), where a device's author wrote them into the name. */
const unitWords: Readonly<Record<string, string>> = {
  celsius: "Cel",
  degc: "Cel",
  fahrenheit: "[degF]",
  degf: "[degF]",
  kelvin: "K",
  pa: "Pa",
  hpa: "hPa",
  kpa: "kPa",
  bar: "bar",
  mbar: "mbar",
  psi: "[psi]",
  percent: "%",
  pct: "%",
  "%": "%",
  volts: "V",
  mv: "mV",
  amps: "A",
  ma: "mA",
  kw: "kW",
  wh: "W.h",
  kwh: "kW.h",
  hz: "Hz",
  khz: "kHz",
  mm: "mm",
  cm: "cm",
  km: "km",
  kg: "kg",
  sec: "s",
  seconds: "s",
  ms: "ms",
  lux: "lx",
  lx: "lx",
  ppm: "[ppm]",
  dbm: "dBm",
  lpm: "L/min",
  kmh: "km/h",
  mps: "m/s",
};
/** Single letters are units only beside a word for what they measure: phase_a is no current. */
const letterUnits: readonly (readonly [letter: string, unit: string, beside: readonly string[]])[] =
  [
    ["c", "Cel", ["temp", "temperature", "t"]],
    ["f", "[degF]", ["temp", "temperature", "t"]],
    ["k", "K", ["temp", "temperature", "t"]],
    ["v", "V", ["voltage", "volt", "battery", "bat", "supply", "u"]],
    ["a", "A", ["current", "i"]],
    ["w", "W", ["power", "p"]],
    ["m", "m", ["distance", "level", "height", "depth", "altitude", "length", "range"]],
    ["g", "g", ["weight", "mass"]],
    ["s", "s", ["time", "duration", "uptime", "interval", "age", "runtime"]],
  ];
/** Words that say by themselves what they are measured in. */
const usualUnits: Readonly<Record<string, string>> = {
  humidity: "%",
  rh: "%",
  rpm: "/min",
  lat: "deg",
  latitude: "deg",
  lon: "deg",
  lng: "deg",
  longitude: "deg",
};

/**
 * The unit that a field's name gives away.
 * @returns UCUM, or undefined where the name says nothing
 */
export function guessUnit(name: string): string | undefined {
  const words = wordsOf(name);
  const last = words.at(-1) ?? "";
  const letter = letterUnits.find(
    ([name, , beside]) => name === last && words.some((word) => beside.includes(word)),
  );
  if (letter !== undefined) return letter[1];
  if (words.length > 1 && Object.hasOwn(unitWords, last)) return unitWords[last];
  return Object.hasOwn(usualUnits, last) ? usualUnits[last] : undefined;
}

/** Left out are words that mean something else just as often, such as the position of a valve. */
const categoryWords: readonly (readonly [DataCategory, readonly string[]])[] = [
  ["health", ["heart", "heartrate", "spo2", "glucose", "bpm", "ecg", "respiration", "systolic"]],
  ["health", ["diastolic", "sleep", "patient"]],
  ["location", ["lat", "latitude", "lon", "lng", "longitude", "gps", "geohash", "location"]],
  ["personal", ["email", "phone", "user", "username", "owner", "person", "serial"]],
  ["personal", ["imei", "imsi", "iccid"]],
  ["diagnostics", ["rssi", "snr", "battery", "uptime", "heap", "memory", "cpu", "firmware", "fw"]],
  ["diagnostics", ["reboots", "errors", "error", "vbat", "signal", "loglevel"]],
];

/**
 * The data category that a field's name suggests.
 * @returns undefined where plain telemetry is as good a guess
 */
export function guessCategory(name: string): DataCategory | undefined {
  const words = new Set(wordsOf(name));
  return categoryWords.find(([, suggesting]) => suggesting.some((word) => words.has(word)))?.[0];
}
