import { expect, it } from "vitest";
import { COMPOSE } from "./compose.ts";

/** The part of the compose specification that is used: what a service may have, and of what form. */
const KEYS: Readonly<Record<string, (value: unknown) => boolean>> = {
  image: (value) => typeof value === "string" && /^[a-z/]+:[\w.-]+$/.test(value),
  command: isTexts,
  environment: (value) => isRecord(value) && Object.values(value).every((each) => typeof each === "string"),
  ports: isTexts,
  volumes: isTexts,
  healthcheck: (value) =>
    isRecord(value) &&
    isTexts(value.test) &&
    ["CMD", "CMD-SHELL"].includes(String(value.test[0])) &&
    [value.interval, value.timeout].every((each) => /^\d+s$/.test(String(each))) &&
    Number.isInteger(value.retries),
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

const services = Object.entries(COMPOSE.services).map(([name, service]) => [name, service] as const);

it.each(services)(
  "describes %s as compose takes it: checked for health, reachable from here alone, with data that stays",
  (_, service) => {
    expect(Object.keys(COMPOSE)).toEqual(["services", "volumes"]);
    expect(Object.keys(service).sort()).toEqual(Object.keys(KEYS).sort());
    for (const [key, value] of Object.entries(service)) expect([key, KEYS[key]?.(value)]).toEqual([key, true]);
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:\$\{ATDATA_[A-Z0-9]+_PORT:\?\}:\d+$/);
    for (const volume of service.volumes) expect(Object.keys(COMPOSE.volumes)).toContain(volume.split(":")[0]);
  },
);

it("holds no password, only the variable", () => {
  const variables = JSON.stringify(COMPOSE).match(/(?<!\$)\$\{?\w+(:\?)?\}?/g);
  const names = ["PASSWORD", "REDIS_PORT", "S3_PORT"].map((name) => `\${ATDATA_${name}:?}`);
  expect(new Set(variables)).toEqual(new Set(names));
});
