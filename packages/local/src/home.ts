export { atdataHome } from "@atdata/core/node";
