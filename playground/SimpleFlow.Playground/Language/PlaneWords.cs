using SimpleFlow.Playground.Experiments;

namespace SimpleFlow.Playground.Language;

/// <summary>What the choices of the plane are called.</summary>
public static class PlaneWords
{
    extension(Words words)
    {
        /// <summary>The name of an activation.</summary>
        public string Name(ActivationKind kind) => kind switch
        {
            ActivationKind.Tanh => "tanh",
            ActivationKind.Relu => "ReLU",
            ActivationKind.Sigmoid => "sigmoid",
            ActivationKind.Linear => words.Of("none", "无"),
            ActivationKind.LeakyRelu => "leaky ReLU",
            ActivationKind.Elu => "ELU",
            ActivationKind.Gelu => "GELU",
            ActivationKind.Silu => "SiLU",
            ActivationKind.Softplus => "softplus",
            _ => words.Of("step", "阶跃"),
        };

        /// <summary>The name of an optimizer.</summary>
        public string Name(OptimizerKind kind) => kind switch
        {
            OptimizerKind.GradientDescent => words.Of("Gradient descent", "梯度下降"),
            OptimizerKind.Momentum => words.Of("Momentum", "动量法"),
            OptimizerKind.RmsProp => "RMSProp",
            _ => $"{kind}",
        };

        /// <summary>The name of a schedule.</summary>
        public string Name(ScheduleKind kind) => kind switch
        {
            ScheduleKind.Constant => words.Of("constant", "不变"),
            ScheduleKind.Linear => words.Of("linear to 0", "线性降到 0"),
            ScheduleKind.Step => words.Of("halved in steps", "分段减半"),
            ScheduleKind.Exponential => words.Of("exponential", "指数衰减"),
            ScheduleKind.Cosine => words.Of("cosine", "余弦"),
            ScheduleKind.OneCycle => words.Of("one cycle", "单周期"),
            _ => words.Of("warm-up", "预热"),
        };

        /// <summary>The name of a choice of initial values.</summary>
        public string Name(InitialKind kind) => kind switch
        {
            InitialKind.Fitting => words.Of("fitting the activation", "与激活函数匹配"),
            InitialKind.Glorot => "Glorot",
            InitialKind.He => "He",
            InitialKind.SmallNormal => words.Of("normal, σ 0.1", "正态，σ 0.1"),
            InitialKind.LargeNormal => words.Of("normal, σ 1", "正态，σ 1"),
            InitialKind.Uniform => words.Of("uniform, ±0.5", "均匀，±0.5"),
            InitialKind.Same => words.Of("all 0.5", "全为 0.5"),
            _ => words.Of("all 0", "全为 0"),
        };

        /// <summary>The name of a source of points.</summary>
        public string Name(PlaneSource source) => source switch
        {
            PlaneSource.Circle => words.Of("Circle", "圆环"),
            PlaneSource.Xor => words.Of("Xor", "异或"),
            PlaneSource.Gauss => words.Of("Clouds", "高斯云"),
            PlaneSource.Spiral => words.Of("Spiral", "螺旋"),
            PlaneSource.Slope => words.Of("Slope", "斜面"),
            PlaneSource.Hills => words.Of("Hills", "山丘"),
            PlaneSource.Function => words.Of("Formula", "公式"),
            PlaneSource.Painted => words.Of("Paint", "绘制"),
            _ => words.Of("Table", "表格"),
        };
    }
}
