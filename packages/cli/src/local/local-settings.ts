import type { S3Keys } from "@atdata/local/services";
import { type LocalFiles, type LocalState, serviceOf, writeSecret } from "./local-state.ts";
import { BUCKET } from "./make-bucket.ts";

/** The name that the settings call the services by. */
export const REPO = "shared";
const REDIS_VARIABLE = "ATDATA_LOCAL_REDIS";
const REGION = "us-east-1";

/** Where a service is, without passwords. */
export function urlOf(name: "redis" | "s3", port: number): string {
  return name === "redis" ? `redis://127.0.0.1:${port}` : `http://127.0.0.1:${port}`;
}

/** What `config.json` takes to use the services; the secrets are variables. */
export function configOf(state: LocalState): object {
  const index = `\${${REDIS_VARIABLE}}`;
  const endpoint = urlOf("s3", serviceOf(state, "s3").port);
  return { repos: { [REPO]: { index, store: `s3://${BUCKET}`, s3: { endpoint, region: REGION } } } };
}

/** How the S3 service is reached, by whom. */
export function s3KeysOf(state: LocalState): S3Keys {
  const { port, keys } = serviceOf(state, "s3");
  const credentials = keys ?? { accessKeyId: "atdata", secretAccessKey: state.password };
  return { url: urlOf("s3", port), region: REGION, credentials };
}

/** Writes the secrets as variables for a shell. */
export function writeEnv(files: LocalFiles, state: LocalState): void {
  const { accessKeyId, secretAccessKey } = s3KeysOf(state).credentials;
  const variables = {
    [REDIS_VARIABLE]: `redis://:${state.password}@127.0.0.1:${serviceOf(state, "redis").port}`,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'\n`);
  writeSecret(files.env, lines.join(""));
}
