# Writes a model of Keras 3 as Keras 2 wrote its .h5 files: other names of attributes, connections as nested lists, types as
# texts, weights whose names end in :0.
import json

import h5py
import numpy as np

# Attributes that Keras 2 did not have.
NEW = {"optional", "quantization_config", "zero_output_for_mask", "synchronized", "renorm", "renorm_clipping", "renorm_momentum",
       "rms_scaling", "build_input_shape", "lora_rank", "lora_alpha"}
OLD_NAMES = {"batch_shape": "batch_input_shape"}


def old_value(value):
    if isinstance(value, dict) and value.get("class_name") == "DTypePolicy":
        return value["config"]["name"]
    if isinstance(value, dict) and "class_name" in value:
        return {"class_name": value["class_name"], "config": old_config(value["class_name"], value.get("config", {}))}
    if isinstance(value, list):
        return [old_value(each) for each in value]
    return value


def old_config(kind, config):
    if not isinstance(config, dict):
        return config
    result = {OLD_NAMES.get(key, key): old_value(value) for key, value in config.items() if key not in NEW}
    if kind == "LeakyReLU" and "negative_slope" in result:
        result["alpha"] = result.pop("negative_slope")
    if kind == "BatchNormalization" and isinstance(result.get("axis"), int) and result["axis"] > 0:
        result["axis"] = [result["axis"]]
    if "layers" in config and kind in ("Sequential", "Functional"):
        result["layers"] = old_layers(kind, config["layers"])
        for key in ("input_layers", "output_layers"):
            if key in config:
                ends = config[key] if isinstance(config[key][0], list) else [config[key]]
                result[key] = ends
        result.pop("dtype", None)
    return result


def old_connection(node):
    tensors = []

    def find(value):
        if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            tensors.append([*value["config"]["keras_history"], {}])
        elif isinstance(value, (list, tuple)):
            for each in value:
                find(each)
    find(node["args"])
    return tensors


def old_layers(kind, layers):
    result, shape = [], None
    for layer in layers:
        config = old_config(layer["class_name"], layer["config"])
        if kind == "Sequential" and layer["class_name"] == "InputLayer":  # the first layer has the shape
            shape = config["batch_input_shape"]
            continue
        if shape is not None and layer["class_name"] not in ("Sequential", "Functional"):
            config["batch_input_shape"] = shape
        elif shape is not None:
            result.append({"class_name": "InputLayer", "config": {"batch_input_shape": shape, "dtype": "float32", "sparse": False,
                                                                  "ragged": False, "name": "input"}})
        shape = None
        entry = {"class_name": layer["class_name"], "config": config}
        if kind == "Functional":
            entry |= {"name": layer["config"]["name"], "inbound_nodes": [old_connection(node) for node in layer["inbound_nodes"]]}
        result.append(entry)
    return result


def has_functions(config):
    """Functions of keras.ops, which Keras 2 wrote in another way."""
    text = json.dumps(config)
    return ".ops." in text or "hard_sigmoid" in text


def save(model, path):
    """Whether Keras 2 could have written the model."""
    entry = json.loads(model.to_json())
    if has_functions(entry):
        return False
    old = {"class_name": entry["class_name"], "config": old_config(entry["class_name"], entry["config"])}
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(old).encode()
        file.attrs["keras_version"] = b"2.11.0"
        file.attrs["backend"] = b"tensorflow"
        root = file.create_group("model_weights")
        for layer in model.layers:
            group = root.create_group(layer.name)
            weights = [*layer.trainable_weights, *layer.non_trainable_weights]
            names = [weight.path + ":0" for weight in weights if "seed" not in weight.path]
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, weight in zip(names, weights):
                group.create_dataset(name, data=np.asarray(weight))
    return True
