import { isAtdataError } from "@atdata/core";
import { CEPH_PACKAGES, cephPrograms } from "./ceph-cluster.ts";
import { REDIS_PACKAGES } from "./redis.ts";
import { requireBinary } from "./service.ts";

type Server = "redis" | "minio" | "ceph";

const NEEDS: Readonly<Record<Server, readonly [packages: string, find: () => unknown]>> = {
  redis: [REDIS_PACKAGES, () => requireBinary("redis-server", REDIS_PACKAGES)],
  minio: [CEPH_PACKAGES, () => requireBinary("minio", CEPH_PACKAGES)],
  ceph: [CEPH_PACKAGES, cephPrograms],
};

/**
 * Tells which packages of Debian bring a server that is not installed; `undefined` where it is.
 *
 * Debian does not have MinIO: for it those of Ceph are named, which does the same.
 */
export function missingPackages(server: Server): string | undefined {
  const [packages, find] = NEEDS[server];
  try {
    find();
    return undefined;
  } catch (error) {
    if (isAtdataError(error, "UNSUPPORTED")) return packages;
    throw error;
  }
}
