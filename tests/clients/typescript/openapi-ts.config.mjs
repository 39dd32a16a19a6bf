// One client per document.
export default ["partner-center", "azure", "identity", "control"].map((name) => ({
  input: `${process.env.BASE}/openapi/${name}.json`,
  output: { path: `generated/${name}`, importFileExtension: ".js" },
  plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
}));
