import pytest

from registry.serving.requirements import Requirements, read_requirements
from trackui.errors import InvalidParameterValue

ENV = {"conda": "conda.yaml", "virtualenv": "python_env.yaml"}
CONDA = "dependencies:\n- python=3.9.1\n- pip<=23\n- pip:\n  - mlflow<3\n  - numpy==1.26\n"


def read(**files: str) -> Requirements:
    """`files` by name, a dot in it written as `__`."""
    texts = {name.replace("__", "."): text for name, text in files.items()}
    return read_requirements(texts.get, ENV)


def test_requirements_txt_counts_with_the_files_it_refers_to():
    found = read(
        requirements__txt="# pins\nmlflow==3.17.2  # it\n-r more.txt\n-c constraints.txt\n\npandas>=2 ; os_name>'a'\n",
        more__txt="torch \\\n  ==2.1\n--extra-index-url https://download.pytorch.org/whl/cpu\n",
        constraints__txt="numpy<3\n",
        python_env__yaml="python: 3.11.2\ndependencies:\n- -r requirements.txt\n",
        conda__yaml=CONDA,
    )

    assert found.lines == (
        "mlflow==3.17.2",
        "torch    ==2.1",
        "--extra-index-url https://download.pytorch.org/whl/cpu",
        "pandas>=2 ; os_name>'a'",
    )
    assert found.constraints == ("numpy<3",)
    assert found.python_version == "3.11.2"


def test_models_of_old_clients_have_them_in_conda_yaml():
    assert read(conda__yaml=CONDA) == Requirements(("mlflow<3", "numpy==1.26"), (), "3.9.1")
    assert read() == Requirements()


@pytest.mark.parametrize(
    "line",
    [
        "./wheels/a-1-py3-none-any.whl",
        "wheels/a.whl",
        "a @ https://example.org/a.whl",
        "git+https://github.com/a/b@main",
        "-e ./code",
        "--find-links wheels",
        "a[extra1,extra2]==1.0",
        "a[b] @ https://example.org/a.whl ; python_version > '3.8'",
        "a==1 --hash=sha256:00",
        "--pre",
        "--only-binary=:all:",
        "--extra-index-url https://example.org/simple",
    ],
)
def test_files_of_the_model_and_https_addresses_are_taken(line):
    assert read(requirements__txt=line).lines == (line,)


@pytest.mark.parametrize(
    "line",
    [
        "../evil.whl",
        "/etc/evil.whl",
        "~/x.whl",
        "a/../../x.tar.gz",
        "file:///etc/x",
        "a @ file:///etc/x",
        "a@ ../x",
        "a [b] @ file:///etc/x",
        "git+file:///x",
        "-e ../x",
        "-e/etc",
        "--editable=/x",
        "-f /etc",
        "--find-links=../x",
        "-r ../x.txt",
        "-r/etc/passwd",
        "--requirement=/etc/passwd",
        "-c /etc/passwd",
        "-r https://example.org/x.txt",
        "--constraint ../x",
        "C:\\x.whl",
    ],
)
def test_no_line_leads_out_of_the_folder(line):
    with pytest.raises(InvalidParameterValue, match=r"requirements\.txt: .* leads out"):
        read(requirements__txt=f"numpy\n{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "-r /etc/passwd --pre",
        "-e . -r /etc/passwd",
        "--requirem=/etc/passwd",
        "--edit /etc",
        "--log /tmp/x",
        "--trusted-host example.org",
        "--index-url http://example.org",
        "-ihttp://example.org",
        "--find-links ${HOME}/x",
        "${HOME}/x.whl",
        "a \\",
    ],
)
def test_options_are_those_a_model_may_set(line):
    with pytest.raises(InvalidParameterValue, match=r"requirements\.txt: "):
        read(requirements__txt=f"numpy\n{line}")


def test_a_line_of_yaml_is_one_line():
    with pytest.raises(InvalidParameterValue, match=r"requirements: .* more or less than a line"):
        read(python_env__yaml='dependencies: ["numpy\\n-r /etc/passwd"]')


def test_a_file_that_is_not_there_or_refers_to_itself_is_told():
    with pytest.raises(InvalidParameterValue, match=r"refers to 'more\.txt', which is not"):
        read(requirements__txt="-r more.txt")
    with pytest.raises(InvalidParameterValue, match="files within files"):
        read(requirements__txt="-r requirements.txt")
    with pytest.raises(InvalidParameterValue, match=r"conda\.yaml: it is no plain YAML"):
        read(conda__yaml="{")
