// Arrays as figures carry them, {dtype, bdata}: base64 of little-endian numbers, as Plotly reads them.

const TYPES = {
  i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array, i4: Int32Array, u4: Uint32Array, f4: Float32Array, f8: Float64Array,
};

export function unpacked(array) {
  if (!array?.bdata) return array;
  const bytes = Uint8Array.from(atob(array.bdata), (char) => char.charCodeAt(0));
  return new TYPES[array.dtype](bytes.buffer);
}
