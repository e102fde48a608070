import pytest

from runs.artifacts.requirements import packages_of


@pytest.mark.parametrize(
    ("line", "package", "version"),
    [
        ("numpy==2.0.1", "numpy", "2.0.1"),
        ("Scikit_Learn == 1.4.2  # why", "scikit-learn", "1.4.2"),
        ("pandas[parquet]>=2, <3 ; python_version < '3.13'", "pandas", ">=2,<3"),
        ("torch", "torch", "any"),
        ("zope.interface~=6.0", "zope-interface", "~=6.0"),
        ("mine @ https://host/x.whl", "mine", "@https://host/x.whl"),
    ],
)
def test_a_line_of_requirements_names_a_package_and_its_version(line, package, version):
    assert packages_of("requirements.txt", line) == {package: version}


@pytest.mark.parametrize("line", ["", "# numpy==1", "-r other.txt", "--index-url https://x", "./wheel.whl", "a b c"])
def test_other_lines_name_none(line):
    assert packages_of("requirements.txt", line) == {}


def test_conda_names_its_own_packages_and_those_of_pip():
    text = "channels: [x]\ndependencies:\n- python=3.11.4\n- conda-forge::lightgbm>=4\n- pip\n- pip: [mlflow==3.1, 7]\n"

    assert packages_of("conda.yaml", text) == {
        "python": "3.11.4", "lightgbm": ">=4", "pip": "any", "mlflow": "3.1",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "[", "dependencies: 3", "&a [*a]", "- x", "python: ["])
def test_what_is_no_environment_names_nothing(text):
    assert packages_of("conda.yaml", text) == packages_of("python_env.yaml", text) == {}
