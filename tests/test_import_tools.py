"""What the real programs write of an emulated camera, imported. Everything happens in namespaces of the lab."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from camscan.lab import namespaces, netns
from camscan.lab.network import Network
from camscan.lab.site import Site, load_site
from tests.cli_rig import run

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(netns.obstacle() is not None, reason=f"{netns.obstacle()}"),
]
needs_nmap = pytest.mark.skipif(shutil.which("nmap") is None, reason="the nmap program is not installed")
needs_masscan = pytest.mark.skipif(
    shutil.which("masscan") is None or shutil.which("ping") is None, reason="masscan or ping is not installed"
)

SITE = load_site()
CAMERA = next(device for device in SITE.devices if device.id == "lobby-camera")
SECONDS = 90
UNUSED = "10.83.10.249"  # masscan answers from an address of its own: the kernel would reset its connections


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with namespaces.build(Site(segments=SITE.segments, devices=(CAMERA,))) as running:
        yield running


def tell(network: Network, *command: str) -> None:
    assert network.scanner is not None
    inside = ("ip", "netns", "exec", network.scanner)
    done = subprocess.run([*inside, *command], capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def traffic(network: Network) -> Iterator[None]:
    """masscan sees that its time is over only when a packet comes in."""
    assert network.scanner is not None
    command = ("ip", "netns", "exec", network.scanner, "ping", "-i", "0.5", CAMERA.address)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        yield
        process.terminate()


def imported(path: Path) -> dict[str, object]:
    ended = run("import", str(path), "-f", "json")
    assert ended.code == 0, ended.err
    (device,) = json.loads(ended.out)["devices"]
    assert isinstance(device, dict)
    return device


@needs_nmap
def test_what_nmap_writes(network: Network, tmp_path: Path) -> None:
    path = tmp_path / "out.xml"
    scripts = "http-title,http-headers,http-server-header,ssl-cert,rtsp-methods"
    options = ("-n", "-Pn", "-p", "80", "-sV", "--version-intensity", "0", "-T4", "--script", scripts)
    tell(network, "nmap", *options, "-oX", str(path), CAMERA.address)
    device = imported(path)
    assert (device["address"], device["vendor"], device["mac"]) == (CAMERA.address, "hikvision", CAMERA.mac.lower())


@needs_masscan
@pytest.mark.parametrize("form", ["-oJ", "-oD"])
def test_what_masscan_writes(network: Network, traffic: None, tmp_path: Path, form: str) -> None:
    path = tmp_path / "out.json"
    next_hop = ("--router-mac", CAMERA.mac.replace(":", "-"), "--adapter-ip", UNUSED)
    options = ("-p", "80,554,8000", "--banners", "--rate", "100", "--wait", "8", *next_hop)
    tell(network, "masscan", CAMERA.address, *options, form, str(path))
    device = imported(path)
    assert (device["address"], device["vendor"]) == (CAMERA.address, "hikvision")
