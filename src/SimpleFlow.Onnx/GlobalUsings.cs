global using DataType = SimpleFlow.Onnx.Schema.TensorProto.Types.DataType;
