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
  v: "V",
  volts: "V",
  mv: "mV",
  a: "A",
  amps: "A",
  ma: "mA",
  w: "W",
  kw: "kW",
  wh: "W.h",
  kwh: "kW.h",
  hz: "Hz",
  khz: "kHz",
  m: "m",
  mm: "mm",
  cm: "cm",
  km: "km",
  kg: "kg",
  g: "g",
  s: "s",
  sec: "s",
  seconds: "s",
  ms: "ms",
  lux: "lx",
  lx: "lx",
  ppm: "[ppm]",
  dbm: "dB[mW]",
  lpm: "L/min",
  kmh: "km/h",
  mps: "m/s",
};
const temperatureWords = new Set(["temp", "temperature", "t"]);
/** Words that say by themselves what they are measured in. */
const usualUnits: Readonly<Record<string, string>> = { humidity: "%", rh: "%", rpm: "/min" };

/**
 * The unit that a field's name gives away.
 * @returns UCUM, or undefined where the name says nothing
 */
export function guessUnit(name: string): string | undefined {
  const words = wordsOf(name);
  const last = words.at(-1) ?? "";
  const isTemperature = words.some((word) => temperatureWords.has(word));
  if (isTemperature && last === "c") return "Cel";
  if (isTemperature && last === "f") return "[degF]";
  if (isTemperature && last === "k") return "K";
  if (words.length > 1 && Object.hasOwn(unitWords, last)) return unitWords[last];
  return Object.hasOwn(usualUnits, last) ? usualUnits[last] : undefined;
}

const categoryWords: readonly (readonly [DataCategory, readonly string[]])[] = [
  [
    "health",
    ["heart", "heartrate", "pulse", "spo2", "glucose", "bpm", "ecg", "respiration", "systolic"],
  ],
  ["health", ["diastolic", "steps", "sleep", "patient"]],
  ["location", ["lat", "latitude", "lon", "lng", "longitude", "gps", "geohash", "position"]],
  ["personal", ["email", "phone", "user", "username", "owner", "person", "name", "address"]],
  ["personal", ["imei", "imsi", "iccid", "plate", "vin"]],
  ["diagnostics", ["rssi", "snr", "battery", "uptime", "heap", "memory", "cpu", "firmware", "fw"]],
  ["diagnostics", ["reboots", "errors", "error", "voltage", "vbat", "signal", "loglevel"]],
];

/**
 * The data category that a field's name suggests.
 * @returns undefined where plain telemetry is as good a guess
 */
export function guessCategory(name: string): DataCategory | undefined {
  const words = new Set(wordsOf(name));
  return categoryWords.find(([, suggesting]) => suggesting.some((word) => words.has(word)))?.[0];
}
