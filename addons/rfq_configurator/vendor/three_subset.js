// What the viewer uses of three.js, as one object for pages.
export {
    ACESFilmicToneMapping,
    Box3,
    BufferAttribute,
    BufferGeometry,
    CanvasTexture,
    Color,
    DirectionalLight,
    DoubleSide,
    Group,
    HemisphereLight,
    Mesh,
    MeshBasicMaterial,
    MeshStandardMaterial,
    PerspectiveCamera,
    PlaneGeometry,
    Scene,
    ShadowMaterial,
    SRGBColorSpace,
    Vector3,
    WebGLRenderer,
} from "three";
export {OrbitControls} from "three/addons/controls/OrbitControls.js";
export {GLTFLoader} from "three/addons/loaders/GLTFLoader.js";
export {STLLoader} from "three/addons/loaders/STLLoader.js";
