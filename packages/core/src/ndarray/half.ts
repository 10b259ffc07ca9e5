const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

// A power for each exponent, ten places down: the fraction is taken as a whole number.
const scales = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (exponent - 25));

/** Widens the bits of a half-precision float; exact, NaN stays NaN. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * (scales[exponent] as number);
}

/** Rounds a number to half precision and gives its bits: to nearest, ties to even; beyond 65504 it becomes infinite. */
export function floatToHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return sign | 0x7e00;
  // 65520 lies halfway between the largest half and the next power of two; ties go up there.
  if (size >= 65520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | roundEven(size * 2 ** 24);
  float[0] = size;
  // The exponent may be read off the float32: it rounds up only where the half does too, or else to the same power of two.
  const exponent = Math.min(15, ((bits[0] as number) >>> 23) - 127);
  return sign + ((exponent + 14) << 10) + roundEven((size / 2 ** exponent) * 1024);
}

function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
