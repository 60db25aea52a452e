import { folders, type Step, step } from './step.ts';

/** Everything that CI checks, as on any other machine. */
export const checkSteps: readonly Step[] = [
  step(
    'Trust the checkout',
    'nothing',
    // The runner owns the files, and the job runs as root in a container.
    'git config --global --add safe.directory "$PWD"',
  ),
  step('Check', 'network', '.ci/run'),
];

/** What the image contains of npm, and whether a known vulnerability is in it. */
export const sbomSteps: readonly Step[] = [
  step(
    'Write the SBOM',
    'nothing',
    'npm sbom --package-lock-only --omit dev --sbom-format cyclonedx > sbom.cdx.json',
  ),
  step(
    'Refuse packages with a known vulnerability',
    'network',
    'npm audit --package-lock-only --omit dev --audit-level high',
  ),
];

/**
 * Builds the image once and pushes it without a tag, so that nobody can deploy it by name before the scan. The scan, the
 * tag and every deployment name the digest. Writes image.env.
 */
export const imageSteps: readonly Step[] = [
  step(
    'Log in to the registry',
    'network',
    'printf "%s" "$REGISTRY_TOKEN" | docker login "$REGISTRY" --username "$REGISTRY_USER" --password-stdin',
  ),
  step(
    'Create a builder',
    'docker',
    // Of a context, because a builder cannot take its TLS files from the environment.
    'docker context create pipeline',
    'docker buildx create --name pipeline --driver docker-container --use pipeline',
  ),
  step(
    'Build and push by digest',
    'network',
    "repository=$(printf '%s' \"$IMAGE\" | tr '[:upper:]' '[:lower:]')",
    'release=$(sed -n \'s/^  "version": "\\(.*\\)",$/\\1/p\' package.json)',
    'docker buildx build --output "type=image,name=$repository,push-by-digest=true,name-canonical=true,push=true" \\',
    '  --provenance mode=max --build-arg "VERSION=$release" --build-arg "REVISION=$REVISION" --metadata-file metadata.json .',
    'digest=$(sed -n \'s/.*"containerimage.digest": "\\(sha256:[0-9a-f]*\\)".*/\\1/p\' metadata.json)',
    'test -n "$digest"',
    'printf "IMAGE=%s\\nDIGEST=%s\\n" "$repository" "$digest" > image.env',
  ),
];

export const scanSteps: readonly Step[] = [
  step(
    'Refuse an image with a known vulnerability',
    'network',
    'trivy image --exit-code 1 --severity HIGH,CRITICAL --ignore-unfixed "$IMAGE@$DIGEST"',
  ),
  step(
    'Write the SBOM of the image',
    'network',
    'trivy image --format cyclonedx --output image.cdx.json "$IMAGE@$DIGEST"',
  ),
];

/** Gives the scanned image the name of its commit. */
export const tagSteps: readonly Step[] = [
  step(
    'Log in to the registry',
    'network',
    'printf "%s" "$REGISTRY_TOKEN" | docker login "$REGISTRY" --username "$REGISTRY_USER" --password-stdin',
  ),
  step(
    'Tag the digest',
    'network',
    'docker buildx imagetools create --tag "$IMAGE:$REVISION" "$IMAGE@$DIGEST"',
    'tagged=$(docker buildx imagetools inspect --format \'{{.Manifest.Digest}}\' "$IMAGE:$REVISION")',
    'test "$tagged" = "$DIGEST"',
  ),
];

/** The targets with rules that synth leaves to `npm run validate`. A test compares them with the targets themselves. */
export const targetsWithSlowRules: readonly string[] = ['ecs'];

/**
 * Draws the files of a target for this digest from deploy/<target>.yaml, so that the gates of synth check them again, and asks the
 * rules that synth leaves out.
 */
export function manifestSteps(target: string): readonly Step[] {
  const manifests = `${folders.release}/manifests`;
  return [
    step('Install', 'network', 'npm ci --no-audit --no-fund'),
    step(
      'Draw the manifests',
      'nothing',
      `npm run --silent synth -- --target ${target} -f deploy/${target}.yaml \\`,
      `  --set-string "image.tag=$REVISION,image.digest=$DIGEST" --out ${manifests}`,
      ...(targetsWithSlowRules.includes(target)
        ? [`npm run --silent validate -- ${manifests} --target ${target}`]
        : []),
      `cp tools/deploy/*.sh package.json ${folders.release}/`,
    ),
  ];
}

/** The guide's section 5, without a change to the data of the service. */
export const verifySteps: readonly Step[] = [
  step(
    'Verify',
    'service',
    `bash ${folders.release}/verify.sh "$SERVICE_URL" ${folders.release}/package.json`,
  ),
];
