/**
 * Exponents of what is measured: metre, gram, second, ampere, kelvin, mole, candela, radian, byte,
 * logarithm. The last three are kept apart from plain numbers so that nobody converts one to them.
 */
export type Dimension = readonly number[];

export type UnitAtom = {
  /** Base units in one of it. */
  readonly factor: number;
  /** Base units at its zero; not 0 for temperatures with a zero of their own. */
  readonly offset: number;
  readonly dimension: Dimension;
  /** May have an SI prefix. */
  readonly metric: boolean;
};

const none: Dimension = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const length: Dimension = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const area: Dimension = [2, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const volume: Dimension = [3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const mass: Dimension = [0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
const time: Dimension = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
const frequency: Dimension = [0, 0, -1, 0, 0, 0, 0, 0, 0, 0];
const speed: Dimension = [1, 0, -1, 0, 0, 0, 0, 0, 0, 0];
const acceleration: Dimension = [1, 0, -2, 0, 0, 0, 0, 0, 0, 0];
const current: Dimension = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
const charge: Dimension = [0, 0, 1, 1, 0, 0, 0, 0, 0, 0];
const temperature: Dimension = [0, 0, 0, 0, 1, 0, 0, 0, 0, 0];
const amount: Dimension = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
const intensity: Dimension = [0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
const illuminance: Dimension = [-2, 0, 0, 0, 0, 0, 1, 0, 0, 0];
const angle: Dimension = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0];
const bytes: Dimension = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
const force: Dimension = [1, 1, -2, 0, 0, 0, 0, 0, 0, 0];
const pressure: Dimension = [-1, 1, -2, 0, 0, 0, 0, 0, 0, 0];
const energy: Dimension = [2, 1, -2, 0, 0, 0, 0, 0, 0, 0];
const power: Dimension = [2, 1, -3, 0, 0, 0, 0, 0, 0, 0];
const voltage: Dimension = [2, 1, -3, -1, 0, 0, 0, 0, 0, 0];
const resistance: Dimension = [2, 1, -3, -2, 0, 0, 0, 0, 0, 0];
const conductance: Dimension = [-2, -1, 3, 2, 0, 0, 0, 0, 0, 0];
const capacitance: Dimension = [-2, -1, 4, 2, 0, 0, 0, 0, 0, 0];
const inductance: Dimension = [2, 1, -2, -2, 0, 0, 0, 0, 0, 0];
const magneticFlux: Dimension = [0, 1, -2, -1, 0, 0, 0, 0, 0, 0];

const dose: Dimension = [2, 0, -2, 0, 0, 0, 0, 0, 0, 0];

/** Each kind of logarithm is converted to itself only. */
const logarithm = (kind: number): Dimension => [0, 0, 0, 0, 0, 0, 0, 0, 0, kind];

const metric = (factor: number, dimension: Dimension): UnitAtom => ({
  factor,
  offset: 0,
  dimension,
  metric: true,
});
const plain = (factor: number, dimension: Dimension, offset = 0): UnitAtom => ({
  factor,
  offset,
  dimension,
  metric: false,
});

/** Units by UCUM's case-sensitive code. The base of mass is the gram, as in UCUM. */
export const atoms: ReadonlyMap<string, UnitAtom> = new Map<string, UnitAtom>([
  ["%", plain(0.01, none)],
  ["[ppth]", plain(1e-3, none)],
  ["[ppm]", plain(1e-6, none)],
  ["[ppb]", plain(1e-9, none)],
  ["[pH]", plain(1, logarithm(3))],
  ["10*3", plain(1e3, none)],
  ["10*6", plain(1e6, none)],
  ["m", metric(1, length)],
  ["[in_i]", plain(0.0254, length)],
  ["[ft_i]", plain(0.3048, length)],
  ["[yd_i]", plain(0.9144, length)],
  ["[mi_i]", plain(1609.344, length)],
  ["[nmi_i]", plain(1852, length)],
  ["ar", metric(100, area)],
  ["har", plain(10_000, area)],
  ["l", metric(1e-3, volume)],
  ["L", metric(1e-3, volume)],
  ["[gal_us]", plain(3.785411784e-3, volume)],
  ["[gal_br]", plain(4.54609e-3, volume)],
  ["[cft_i]", plain(0.028316846592, volume)],
  ["g", metric(1, mass)],
  ["t", metric(1e6, mass)],
  ["[lb_av]", plain(453.59237, mass)],
  ["[oz_av]", plain(28.349523125, mass)],
  ["s", metric(1, time)],
  ["min", plain(60, time)],
  ["h", plain(3600, time)],
  ["d", plain(86_400, time)],
  ["wk", plain(604_800, time)],
  ["a", plain(31_557_600, time)],
  ["Hz", metric(1, frequency)],
  ["Bq", metric(1, frequency)],
  ["[kn_i]", plain(1852 / 3600, speed)],
  ["A", metric(1, current)],
  ["C", metric(1, charge)],
  ["K", metric(1, temperature)],
  ["Cel", plain(1, temperature, 273.15)],
  ["[degF]", plain(5 / 9, temperature, 459.67 * (5 / 9))],
  ["[degR]", plain(5 / 9, temperature)],
  ["mol", metric(1, amount)],
  ["cd", metric(1, intensity)],
  ["lm", metric(1, intensity)],
  ["lx", metric(1, illuminance)],
  ["rad", metric(1, angle)],
  ["deg", plain(Math.PI / 180, angle)],
  ["gon", plain(Math.PI / 200, angle)],
  ["'", plain(Math.PI / 10_800, angle)],
  ["''", plain(Math.PI / 648_000, angle)],
  ["circ", plain(2 * Math.PI, angle)],
  ["By", metric(1, bytes)],
  ["bit", metric(0.125, bytes)],
  ["Bd", metric(0.125, [0, 0, -1, 0, 0, 0, 0, 0, 1, 0])],
  ["N", metric(1e3, force)],
  ["[lbf_av]", plain(4448.2216152605, force)],
  ["Pa", metric(1e3, pressure)],
  ["bar", metric(1e8, pressure)],
  ["[psi]", plain(6_894_757.293168362, pressure)],
  ["atm", plain(101_325_000, pressure)],
  ["m[Hg]", metric(133_322_387.415, pressure)],
  ["m[H2O]", metric(9_806_650, pressure)],
  ["[in_i'Hg]", plain(3_386_388.640341, pressure)],
  ["J", metric(1e3, energy)],
  ["eV", metric(1.602176634e-16, energy)],
  ["cal", metric(4184, energy)],
  ["[Btu]", plain(1_055_055.85262, energy)],
  ["W", metric(1e3, power)],
  ["[HP]", plain(745_699.87158227, power)],
  ["VA", metric(1e3, power)],
  ["var", metric(1e3, power)],
  ["V", metric(1e3, voltage)],
  ["Ohm", metric(1e3, resistance)],
  ["S", metric(1e-3, conductance)],
  ["F", metric(1e-3, capacitance)],
  ["H", metric(1e3, inductance)],
  ["T", metric(1e3, magneticFlux)],
  ["G", metric(0.1, magneticFlux)],
  ["Gy", metric(1, dose)],
  ["Sv", metric(1, dose)],
  ["[g]", plain(9.80665, acceleration)],
  ["dB", plain(1, logarithm(1))],
  ["dBm", plain(1, logarithm(2))],
]);

/** Longest first, so that "da" is not read as "d". */
export const prefixes: readonly (readonly [string, number])[] = [
  ["Ki", 1024],
  ["Mi", 1024 ** 2],
  ["Gi", 1024 ** 3],
  ["Ti", 1024 ** 4],
  ["da", 10],
  ["P", 1e15],
  ["T", 1e12],
  ["G", 1e9],
  ["M", 1e6],
  ["k", 1e3],
  ["h", 1e2],
  ["d", 1e-1],
  ["c", 1e-2],
  ["m", 1e-3],
  ["u", 1e-6],
  ["n", 1e-9],
  ["p", 1e-12],
];

/** What people write, by what UCUM calls it. */
export const spellings: ReadonlyMap<string, string> = new Map([
  ["°C", "Cel"],
  ["℃", "Cel"],
  ["C", "Cel"],
  ["degC", "Cel"],
  ["celsius", "Cel"],
  ["Celsius", "Cel"],
  ["°F", "[degF]"],
  ["℉", "[degF]"],
  ["F", "[degF]"],
  ["degF", "[degF]"],
  ["fahrenheit", "[degF]"],
  ["Fahrenheit", "[degF]"],
  ["kelvin", "K"],
  ["psi", "[psi]"],
  ["PSI", "[psi]"],
  ["mmHg", "mm[Hg]"],
  ["inHg", "[in_i'Hg]"],
  ["in", "[in_i]"],
  ["ft", "[ft_i]"],
  ["mi", "[mi_i]"],
  ["mile", "[mi_i]"],
  ["nmi", "[nmi_i]"],
  ["lb", "[lb_av]"],
  ["lbs", "[lb_av]"],
  ["oz", "[oz_av]"],
  ["gal", "[gal_us]"],
  ["gpm", "[gal_us]/min"],
  ["ft3", "[cft_i]"],
  ["lpm", "L/min"],
  ["µm", "um"],
  ["μm", "um"],
  ["µs", "us"],
  ["µg", "ug"],
  ["µV", "uV"],
  ["µA", "uA"],
  ["µS", "uS"],
  ["sec", "s"],
  ["hr", "h"],
  ["day", "d"],
  ["week", "wk"],
  ["kph", "km/h"],
  ["kmh", "km/h"],
  ["km/hr", "km/h"],
  ["mph", "[mi_i]/h"],
  ["kn", "[kn_i]"],
  ["knots", "[kn_i]"],
  ["Wh", "W.h"],
  ["kWh", "kW.h"],
  ["MWh", "MW.h"],
  ["GWh", "GW.h"],
  ["Ah", "A.h"],
  ["mAh", "mA.h"],
  ["VAh", "VA.h"],
  ["kVAh", "kVA.h"],
  ["varh", "var.h"],
  ["kvarh", "kvar.h"],
  ["hp", "[HP]"],
  ["ha", "har"],
  ["Ω", "Ohm"],
  ["ohm", "Ohm"],
  ["kΩ", "kOhm"],
  ["MΩ", "MOhm"],
  ["°", "deg"],
  ["degrees", "deg"],
  ["lux", "lx"],
  ["ppm", "[ppm]"],
  ["ppb", "[ppb]"],
  ["pH", "[pH]"],
  ["percent", "%"],
  ["pct", "%"],
  ["rpm", "/min"],
  ["bpm", "/min"],
  ["B", "By"],
  ["byte", "By"],
  ["bytes", "By"],
  ["kB", "kBy"],
  ["KB", "kBy"],
  ["MB", "MBy"],
  ["GB", "GBy"],
  ["KiB", "KiBy"],
  ["MiB", "MiBy"],
  ["GiB", "GiBy"],
  ["dB[mW]", "dBm"],
  ["bps", "bit/s"],
  ["kbps", "kbit/s"],
  ["Mbps", "Mbit/s"],
]);
