// Adds up what .ci/run has seen: vitest's JSON report, the lines of the checks, the exit status of each step.
import { existsSync, readFileSync } from "node:fs";

const [testsFile, testStatus, checksFile, checkStatus, demoStatus] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;
const problems = [];
const absent = [];
const count = (ok, what) => {
  if (ok) passed += 1;
  else {
    failed += 1;
    problems.push(what);
  }
};

const report = existsSync(testsFile) ? JSON.parse(readFileSync(testsFile, "utf8")) : { testResults: [] };
for (const file of report.testResults) {
  // A file that could not be loaded has no tests to count, and fails as one.
  if (
    file.assertionResults.length === 0 ||
    (file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"))
  )
    count(false, `${file.name}: ${file.message}`);
  for (const test of file.assertionResults) {
    // The conformance kit skips a rule where a backend does not declare the ability. The S3 server moto is a second witness
    // beside Ceph, asked where Python has it. Nothing else may skip.
    const isSkipped = /skipped|pending/.test(test.status);
    const isWitness = /\bon moto\b/.test(test.fullName);
    if (isSkipped && isWitness) absent.push(`not there: ${test.fullName}`);
    if (isSkipped && (isWitness || test.ancestorTitles.includes("conformance"))) skipped += 1;
    else count(test.status === "passed", `${test.status}: ${test.fullName}`);
  }
}
const checks = readFileSync(checksFile, "utf8").split("\n");
for (const line of checks.filter((each) => /^(ok|FAILED) /.test(each))) count(line.startsWith("ok "), line);
count(demoStatus === "0", `npm run demo ended with status ${demoStatus}`);
// A step that broke without saying which part of it did.
if (testStatus !== "0" && report.testResults.every((file) => file.status === "passed"))
  count(false, `npm test ended with status ${testStatus}`);
if (checkStatus !== "0" && !checks.some((line) => line.startsWith("FAILED ")))
  count(false, `npm run check ended with status ${checkStatus}`);

console.log("\n== summary");
for (const problem of [...absent, ...problems]) console.log(problem.split("\n")[0]);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 ? 1 : 0;
