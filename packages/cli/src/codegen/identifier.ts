/** Names that a type and a constant cannot have together in a generated file: words of the language, and what the file may use. */
const taken: ReadonlySet<string> = new Set(
  (
    "abstract any arguments as asserts async await bigint boolean break case catch class const continue debugger declare default delete do " +
    "else enum eval export extends false finally for function get globalThis if implements import in infer instanceof interface is keyof let " +
    "module namespace never new null number object of out package private protected public readonly require return satisfies set static " +
    "string super switch symbol this throw true try type typeof undefined unique unknown using var void while with yield " +
    "Record Uint8Array String Number BigInt Boolean Error " +
    "ArrowTensor DataFrame Lens NdArray SafeTensors SampleType SparseMatrix StructuredArray arrowTensor bool bytes dataframe dict fieldLens " +
    "float int int64 lens list migrate ndarray optional safetensors sample sparse str structured todo"
  ).split(" "),
);

/** Gives the identifier that stands for a type in generated code: its name, with an underscore behind it where that is taken. */
export function identifierOf(name: string): string {
  return taken.has(name) ? `${name}_` : name;
}
